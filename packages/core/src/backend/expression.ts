import type { DataType } from '../dtype.js';

/**
 * The scalar operations of the expression language: what a code generator for a new target must
 * know, and at the same time the elementwise primitives of the graph.
 */
export const scalarOperations = {
  neg: { arity: 1, cost: 'cheap' },
  abs: { arity: 1, cost: 'cheap' },
  sign: { arity: 1, cost: 'cheap' },
  floor: { arity: 1, cost: 'cheap' },
  ceil: { arity: 1, cost: 'cheap' },
  /** Half to even, as IEEE 754 and NumPy round. */
  round: { arity: 1, cost: 'cheap' },
  relu: { arity: 1, cost: 'cheap' },
  not: { arity: 1, cost: 'cheap' },
  sqrt: { arity: 1, cost: 'expensive' },
  exp: { arity: 1, cost: 'expensive' },
  expm1: { arity: 1, cost: 'expensive' },
  log: { arity: 1, cost: 'expensive' },
  log1p: { arity: 1, cost: 'expensive' },
  sin: { arity: 1, cost: 'expensive' },
  cos: { arity: 1, cost: 'expensive' },
  tanh: { arity: 1, cost: 'expensive' },
  sigmoid: { arity: 1, cost: 'expensive' },
  erf: { arity: 1, cost: 'expensive' },
  add: { arity: 2, cost: 'cheap' },
  sub: { arity: 2, cost: 'cheap' },
  mul: { arity: 2, cost: 'cheap' },
  /** Floating-point division; integers use `floorDiv`. */
  div: { arity: 2, cost: 'cheap' },
  /** Rounds towards −∞. */
  floorDiv: { arity: 2, cost: 'cheap' },
  /** Takes the divisor's sign, as Python's `%` does. */
  mod: { arity: 2, cost: 'cheap' },
  pow: { arity: 2, cost: 'expensive' },
  /** NaN when either operand is NaN. */
  maximum: { arity: 2, cost: 'cheap' },
  /** NaN when either operand is NaN. */
  minimum: { arity: 2, cost: 'cheap' },
  less: { arity: 2, cost: 'cheap' },
  lessEqual: { arity: 2, cost: 'cheap' },
  equal: { arity: 2, cost: 'cheap' },
  notEqual: { arity: 2, cost: 'cheap' },
  /** Logical on bool, bitwise on integers; so are `or` and `xor`. */
  and: { arity: 2, cost: 'cheap' },
  or: { arity: 2, cost: 'cheap' },
  xor: { arity: 2, cost: 'cheap' },
  shiftLeft: { arity: 2, cost: 'cheap' },
  /** Arithmetic on int32, logical on unsigned types. */
  shiftRight: { arity: 2, cost: 'cheap' },
  /** `where(condition, a, b)`; only the chosen operand matters, so a NaN in the other is harmless. */
  where: { arity: 3, cost: 'cheap' },
  /** To the expression's own dtype; float to integer truncates and saturates, NaN gives 0. */
  cast: { arity: 1, cost: 'cheap' },
  /** One word (the expression's `word`) of Threefry-2x32 of (key0, key1, counter0, counter1). */
  threefry: { arity: 4, cost: 'expensive' },
} as const satisfies Record<string, { arity: number; cost: 'cheap' | 'expensive' }>;

/** The name of a scalar operation. */
export type ScalarOperation = keyof typeof scalarOperations;

/** One element of a buffer. `index` counts elements from the buffer's start. */
export interface LoadExpression {
  readonly op: 'load';
  readonly dtype: DataType;
  /** Position in `plan.buffers`. */
  readonly buffer: number;
  /** An int32 expression. */
  readonly index: Expression;
  /** A bool expression; where it is false the value is 0 and memory must not be touched. */
  readonly mask?: Expression;
}

/** A number known when the plan was made: strides, extents, padding. */
export interface ConstantExpression {
  readonly op: 'constant';
  readonly dtype: DataType;
  readonly value: number;
}

/** A number that arrives with each run, at `position` of the scalars. */
export interface ScalarExpression {
  readonly op: 'scalar';
  readonly dtype: DataType;
  readonly position: number;
}

/** The int32 coordinate along one axis of the kernel's index space. */
export interface IndexExpression {
  readonly op: 'index';
  readonly dtype: 'int32';
  readonly axis: number;
}

/** In an epilogue: the `position`-th reduction of the kernel, or the product of a matMul. */
export interface ReducedExpression {
  readonly op: 'reduced';
  readonly dtype: DataType;
  readonly position: number;
}

/** A scalar operation on other expressions. Comparisons have the dtype `bool`. */
export interface OperationExpression {
  readonly op: ScalarOperation;
  readonly dtype: DataType;
  readonly inputs: readonly Expression[];
  /** For `threefry`: which of the two output words. */
  readonly word?: 0 | 1;
}

/**
 * A small tree over scalars, evaluated for every point of a kernel's index space. Equal
 * sub-expressions of one kernel are one object, so a generator that remembers what it has emitted
 * by identity computes each once.
 */
export type Expression =
  | LoadExpression
  | ConstantExpression
  | ScalarExpression
  | IndexExpression
  | ReducedExpression
  | OperationExpression;

/** Whether an expression is a scalar operation rather than a leaf. */
export function isOperation(expression: Expression): expression is OperationExpression {
  return 'inputs' in expression;
}

/** The expressions that `expression` is directly made of. */
export function operandsOf(expression: Expression): readonly Expression[] {
  if (isOperation(expression)) return expression.inputs;
  if (expression.op === 'load') {
    return expression.mask === undefined ? [expression.index] : [expression.index, expression.mask];
  }
  return [];
}

/** Calls `visit` once for every distinct sub-expression of `roots`, operands first. */
export function visitExpressions(
  roots: Iterable<Expression>,
  visit: (expression: Expression) => void,
): void {
  const seen = new Set<Expression>();
  const walk = (expression: Expression): void => {
    if (seen.has(expression)) return;
    seen.add(expression);
    operandsOf(expression).forEach(walk);
    visit(expression);
  };
  for (const root of roots) walk(root);
}

/** `constant + Σ coefficients[axis] · index(axis)`. */
export interface AffineIndex {
  readonly constant: number;
  readonly coefficients: readonly number[];
}

/**
 * The affine form of an index expression over `rank` axes, or `undefined` when it divides, takes
 * remainders or depends on data. A generator uses it to recognise contiguous and strided access.
 */
export function affineIndex(expression: Expression, rank: number): AffineIndex | undefined {
  const coefficients = new Array<number>(rank).fill(0);
  let constant = 0;
  const accumulate = (part: Expression, factor: number): boolean => {
    if (part.op === 'constant') {
      constant += factor * part.value;
      return true;
    }
    if (part.op === 'index') {
      coefficients[part.axis] = (coefficients[part.axis] ?? 0) + factor;
      return true;
    }
    if (part.op === 'add') return part.inputs.every((input) => accumulate(input, factor));
    if (part.op === 'mul') {
      const [first, second] = part.inputs as [Expression, Expression];
      if (second.op === 'constant') return accumulate(first, factor * second.value);
      if (first.op === 'constant') return accumulate(second, factor * first.value);
    }
    return false;
  };
  return accumulate(expression, 1) ? { constant, coefficients } : undefined;
}
