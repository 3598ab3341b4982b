import type { DraftExpression } from './draft-expression.js';

/** What an index can depend on besides constants. All are integers with a known range. */
export type Atom =
  | { readonly kind: 'axis'; readonly axis: number; readonly extent: number }
  | { readonly kind: 'floorDiv' | 'mod'; readonly of: Linear; readonly by: number }
  | { readonly kind: 'dynamic'; readonly expression: DraftExpression; readonly extent: number };

interface Term {
  readonly atom: Atom;
  readonly coefficient: number;
}

/**
 * An index: constant + Σ coefficient · atom, in a canonical form, so that equal indices have equal
 * keys. Reshapes and other movement divide and take remainders; ranges tell where those vanish.
 */
export interface Linear {
  readonly terms: ReadonlyMap<string, Term>;
  readonly constant: number;
  readonly least: number;
  readonly greatest: number;
  readonly key: string;
}

function atomKey(atom: Atom): string {
  switch (atom.kind) {
    case 'axis':
      return `a${atom.axis}`;
    case 'floorDiv':
      return `(${atom.of.key})/${atom.by}`;
    case 'mod':
      return `(${atom.of.key})%${atom.by}`;
    case 'dynamic':
      return `d${atom.expression.id}`;
  }
}

function atomRange(atom: Atom): [number, number] {
  switch (atom.kind) {
    case 'axis':
    case 'dynamic':
      return [0, atom.extent - 1];
    case 'floorDiv':
      return [Math.floor(atom.of.least / atom.by), Math.floor(atom.of.greatest / atom.by)];
    case 'mod':
      return [0, atom.by - 1];
  }
}

function build(terms: Map<string, Term>, exactConstant: number): Linear {
  const constant = exactConstant + 0; // −0 is 0 here
  const keys = [...terms.keys()].sort();
  const sorted = new Map<string, Term>();
  let [least, greatest] = [constant, constant];
  let text = '';
  for (const key of keys) {
    const term = terms.get(key)!;
    if (term.coefficient === 0) continue;
    sorted.set(key, term);
    const [low, high] = atomRange(term.atom);
    const ends = [term.coefficient * low, term.coefficient * high] as const;
    least += Math.min(...ends);
    greatest += Math.max(...ends);
    text += `${term.coefficient}*${key}+`;
  }
  return recombined({ terms: sorted, constant, least, greatest, key: `${text}${constant}` });
}

/** c·by·⌊x / by⌋ + c·(x mod by) = c·x: what dividing for one reshape and flattening again leaves. */
function recombined(linear: Linear): Linear {
  for (const [key, { atom, coefficient }] of linear.terms) {
    if (atom.kind !== 'mod') continue;
    const quotientKey = atomKey({ ...atom, kind: 'floorDiv' });
    const quotient = linear.terms.get(quotientKey);
    const rest = new Map(linear.terms);
    rest.delete(key);
    if (quotient?.coefficient === coefficient * atom.by) {
      rest.delete(quotientKey);
      return add(build(rest, linear.constant), scale(atom.of, coefficient));
    }
    // The same with a quotient that simplified to another form: (x / by) is then not an atom.
    const simplified = floorDiv(atom.of, atom.by);
    const factor = coefficient * atom.by;
    if (quotient === undefined && simplified.terms.size > 0 && contains(rest, simplified, factor)) {
      const remaining = add(build(rest, linear.constant), scale(simplified, -factor));
      return add(remaining, scale(atom.of, coefficient));
    }
  }
  return linear;
}

function contains(terms: ReadonlyMap<string, Term>, part: Linear, factor: number): boolean {
  for (const [key, term] of part.terms) {
    if (terms.get(key)?.coefficient !== term.coefficient * factor) return false;
  }
  return true;
}

function single(atom: Atom): Linear {
  return build(new Map([[atomKey(atom), { atom, coefficient: 1 }]]), 0);
}

/** The index `value`. */
export function constantIndex(value: number): Linear {
  return build(new Map(), value);
}

/** The coordinate along an axis; 0 where there is only one. */
export function axisIndex(axis: number, extent: number): Linear {
  return extent === 1 ? constantIndex(0) : single({ kind: 'axis', axis, extent });
}

/** An index read from data, known to lie in 0…extent−1 where it is used. */
export function dynamicIndex(expression: DraftExpression, extent: number): Linear {
  return single({ kind: 'dynamic', expression, extent });
}

/** a + b. */
export function add(a: Linear, b: Linear): Linear {
  if (b.terms.size === 0 && b.constant === 0) return a;
  const terms = new Map(a.terms);
  for (const [key, term] of b.terms) {
    const coefficient = (terms.get(key)?.coefficient ?? 0) + term.coefficient;
    terms.set(key, { atom: term.atom, coefficient });
  }
  return build(terms, a.constant + b.constant);
}

/** a · factor. */
export function scale(a: Linear, factor: number): Linear {
  if (factor === 1) return a;
  const terms = new Map<string, Term>();
  for (const [key, { atom, coefficient }] of a.terms) {
    terms.set(key, { atom, coefficient: coefficient * factor });
  }
  return build(terms, a.constant * factor);
}

/** a = by · exact + remainder, every coefficient of `exact` an integer. */
function divide(a: Linear, by: number): { exact: Linear; remainder: Linear } {
  const exact = new Map<string, Term>();
  const rest = new Map<string, Term>();
  for (const [key, { atom, coefficient }] of a.terms) {
    if (coefficient % by === 0) exact.set(key, { atom, coefficient: coefficient / by });
    else rest.set(key, { atom, coefficient });
  }
  const quotient = Math.floor(a.constant / by);
  return { exact: build(exact, quotient), remainder: build(rest, a.constant - quotient * by) };
}

/** remainder = divisor · whole + fraction with 0 ≤ fraction < divisor, divisor the common divisor with `by`. */
function commonDivisor(
  remainder: Linear,
  by: number,
): { divisor: number; whole: Linear; fraction: number } {
  let divisor = by;
  for (const { coefficient } of remainder.terms.values()) {
    divisor = greatestCommonDivisor(divisor, Math.abs(coefficient));
  }
  const { exact, remainder: rest } = divide(remainder, divisor);
  return { divisor, whole: exact, fraction: rest.constant };
}

function greatestCommonDivisor(a: number, b: number): number {
  return b === 0 ? a : greatestCommonDivisor(b, a % b);
}

/** ⌊a / by⌋ for a positive constant `by`. */
export function floorDiv(a: Linear, by: number): Linear {
  if (by === 1) return a;
  const { exact, remainder } = divide(a, by);
  if (remainder.least >= 0 && remainder.greatest < by) return exact;
  const { divisor, whole } = commonDivisor(remainder, by);
  const quotient = by / divisor;
  if (quotient === 1) return add(exact, whole);
  return add(exact, single(mergedQuotient(whole, quotient)));
}

/** ⌊⌊x / a⌋ / b⌋ = ⌊x / (a·b)⌋. */
function mergedQuotient(of: Linear, by: number): Atom {
  const [term] = of.terms.values();
  const nested = of.terms.size === 1 && of.constant === 0 && term?.coefficient === 1;
  return nested && term.atom.kind === 'floorDiv'
    ? { kind: 'floorDiv', of: term.atom.of, by: term.atom.by * by }
    : { kind: 'floorDiv', of, by };
}

/** a − by · ⌊a / by⌋. */
export function mod(a: Linear, by: number): Linear {
  if (by === 1) return constantIndex(0);
  const { remainder } = divide(a, by);
  if (remainder.least >= 0 && remainder.greatest < by) return remainder;
  const { divisor, whole, fraction } = commonDivisor(remainder, by);
  const modulus = by / divisor;
  const inner = modulus === 1 ? constantIndex(0) : single({ kind: 'mod', of: whole, by: modulus });
  return add(scale(inner, divisor), constantIndex(fraction));
}

/** The position in a contiguous tensor of `shape`. */
export function flatten(indices: readonly Linear[], shape: readonly number[]): Linear {
  let position = constantIndex(0);
  let stride = 1;
  for (let axis = shape.length - 1; axis >= 0; axis--) {
    // Along an extent of 1 the only index is 0, even if it takes a mask to say so.
    if (shape[axis] !== 1) position = add(position, scale(indices[axis]!, stride));
    stride *= shape[axis]!;
  }
  return position;
}

/** The coordinates of a position in a contiguous tensor of `shape`. */
export function unflatten(position: Linear, shape: readonly number[]): Linear[] {
  const indices = new Array<Linear>(shape.length);
  let rest = position;
  for (let axis = shape.length - 1; axis >= 0; axis--) {
    const extent = Math.max(shape[axis]!, 1);
    indices[axis] = mod(rest, extent);
    rest = floorDiv(rest, extent);
  }
  return indices;
}

/** The same index with every axis replaced. */
export function substitute(linear: Linear, axisValue: (axis: number) => Linear): Linear {
  let result = constantIndex(linear.constant);
  for (const { atom, coefficient } of linear.terms.values()) {
    result = add(result, scale(substituteAtom(atom, axisValue), coefficient));
  }
  return result;
}

function substituteAtom(atom: Atom, axisValue: (axis: number) => Linear): Linear {
  switch (atom.kind) {
    case 'axis':
      return axisValue(atom.axis);
    case 'floorDiv':
      return floorDiv(substitute(atom.of, axisValue), atom.by);
    case 'mod':
      return mod(substitute(atom.of, axisValue), atom.by);
    case 'dynamic':
      return single(atom);
  }
}

/** Strides per axis if the index is constant + Σ stride · axis, else `undefined`. */
export function axisStrides(
  linear: Linear,
  rank: number,
): { offset: number; strides: number[] } | undefined {
  const strides = new Array<number>(rank).fill(0);
  for (const { atom, coefficient } of linear.terms.values()) {
    if (atom.kind !== 'axis') return undefined;
    strides[atom.axis] = coefficient;
  }
  return { offset: linear.constant, strides };
}
