import { formatShape, sizeOf, type DataType, type Shape } from '@gradus/core';
import { ConformanceError } from './conformance-error.js';
import { allowance, exact, type Tolerance } from './tolerances.js';

/** Values with what a message needs to name them. */
export interface Values {
  readonly shape: Shape;
  readonly dtype: DataType;
  readonly data: ArrayLike<number>;
}

/** Fails with `message` unless `condition` holds. */
export function check(condition: boolean, message: string): asserts condition {
  if (!condition) throw new ConformanceError(message);
}

/** Fails unless `got` is `expected`, compared by `Object.is`. */
export function checkEqual<Value extends string | number | boolean | undefined>(
  what: string,
  got: Value,
  expected: Value,
): void {
  check(Object.is(got, expected), `${what}: expected ${String(expected)}, got ${String(got)}.`);
}

/**
 * Fails unless shape, dtype and every element agree: NaN with NaN, infinities with themselves,
 * numbers within the tolerance. Zeros are equal whatever their signs.
 */
export function checkValues(
  what: string,
  got: Values,
  expected: Values,
  tolerance: Tolerance = exact,
): void {
  const kind = kindOf(expected);
  const head = `${what}: ${kind}`;
  check(kindOf(got) === kind, `${head} was expected, got ${kindOf(got)}.`);
  const size = sizeOf(expected.shape);
  check(got.data.length === size, `${head} has ${size} elements, got ${got.data.length}.`);
  const allowed = allowance(tolerance, expected.dtype, expected.data);
  const wrong: number[] = [];
  for (let position = 0; position < size; position++) {
    if (!agrees(got.data[position]!, expected.data[position]!, allowed(position))) {
      wrong.push(position);
    }
  }
  if (wrong.length === 0) return;
  const lines = wrong.slice(0, 3).map((position) => {
    const [one, other] = [got.data[position]!, expected.data[position]!];
    const distance = Math.abs(one - other).toPrecision(3);
    return (
      `element ${formatShape(indexAt(expected.shape, position))} is ${one}, expected ${other} ` +
      `(off by ${distance}, allowed ${allowed(position).toPrecision(3)})`
    );
  });
  throw new ConformanceError(`${head}: ${lines.join('; ')}; ${wrong.length} of ${size} are wrong.`);
}

/** Fails unless the promise rejects with an error of that `code`. */
export async function checkRejects(
  what: string,
  code: string,
  attempt: () => unknown,
): Promise<void> {
  try {
    await attempt();
  } catch (error) {
    const got = error instanceof Error && 'code' in error ? error.code : undefined;
    check(got === code, `${what}: expected an error of code ${code}, got ${String(error)}.`);
    return;
  }
  throw new ConformanceError(`${what}: expected an error of code ${code}, but it succeeded.`);
}

function kindOf({ dtype, shape }: Values): string {
  return `${dtype} ${formatShape(shape)}`;
}

function agrees(got: number, expected: number, allowed: number): boolean {
  if (Number.isNaN(expected)) return Number.isNaN(got);
  if (got === expected) return true;
  // Infinities have no neighbours: ∞ − x would lie within an infinite allowance.
  return Number.isFinite(expected) && Math.abs(got - expected) <= allowed;
}

/** The index of the element at `position` of a row-major tensor. */
export function indexAt(shape: Shape, position: number): number[] {
  let rest = position;
  return shape.reduceRight<number[]>((index, extent) => {
    const coordinate = rest % extent;
    rest = (rest - coordinate) / extent;
    return [coordinate, ...index];
  }, []);
}
