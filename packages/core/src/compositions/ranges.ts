import { roundTo } from '../backend/semantics.js';
import { isInteger, type DataType } from '../dtype.js';
import { ArgumentError, DataTypeError } from '../errors.js';
import { assertFloating } from '../graph/elementwise.js';
import { iota, sub, where } from '../operations.js';
import { validateShape } from '../shape.js';
import type { Tensor } from '../tensor.js';

/**
 * start, start + step, start + 2 step, … up to and without `stop`: ⌈(stop − start) / step⌉ numbers,
 * none if that is negative. `arange(n)` is 0, 1, … n − 1. Computed from positions where it is used;
 * nothing is stored.
 *
 * @param first The start; the stop if it is the only argument.
 * @param second The stop.
 * @param step 1 if not given; negative ones count down.
 * @param dtype float32 if not given, whatever the numbers are.
 * @throws ArgumentError when a number is not finite or `step` is 0; DataTypeError for bool, and
 *   when an integer dtype does not hold the numbers.
 */
export function arange(
  first: number,
  second?: number,
  step = 1,
  dtype: DataType = 'float32',
): Tensor {
  const [start, stop] = second === undefined ? [0, first] : [first, second];
  if (![start, stop, step].every(Number.isFinite) || step === 0) {
    throw new ArgumentError(
      `arange: start, stop and step must be finite and step not 0, got ${start}, ${stop} and ${step}.`,
    );
  }
  const count = Math.max(0, Math.ceil((stop - start) / step));
  if (dtype === 'bool') throw new DataTypeError('arange: got bool, expected a numeric dtype.');
  const last = start + Math.max(0, count - 1) * step;
  const held = [start, Math.abs(step), last].every((each) => roundTo[dtype](each) === each);
  if (isInteger(dtype) && !held) {
    throw new DataTypeError(
      `arange: ${dtype} does not hold all numbers from ${start} to ${last} in steps of ${step}.`,
    );
  }
  const distances = iota([count], 0, dtype).mul(Math.abs(step));
  // Downwards by subtraction, since unsigned dtypes have no negative steps.
  return step > 0 ? distances.add(start) : sub(start, distances);
}

/**
 * `count` numbers at equal distances from `start` to `stop`, both of them included exactly. Computed
 * from positions where it is used; nothing is stored.
 *
 * @throws ArgumentError unless both ends are finite, ShapeError unless `count` is a non-negative
 *   integer, DataTypeError unless `dtype` is floating-point.
 */
export function linspace(
  start: number,
  stop: number,
  count: number,
  dtype: DataType = 'float32',
): Tensor {
  assertFloating('linspace', dtype);
  validateShape('linspace', [count]);
  if (!Number.isFinite(start) || !Number.isFinite(stop)) {
    throw new ArgumentError(`linspace: start and stop must be finite, got ${start} and ${stop}.`);
  }
  const intervals = Math.max(1, count - 1);
  const step = (stop - start) / intervals;
  const positions = iota([count], 0, dtype);
  // From the nearer end, so that neither is off by a rounding.
  const fromStart = positions.mul(step).add(start);
  const fromStop = sub(stop, sub(intervals, positions).mul(step));
  return where(positions.less(count / 2), fromStart, fromStop);
}

/** The form of {@link eye}. */
export interface EyeOptions {
  /** As many as rows if not given. */
  readonly columns?: number;
  /** Where the ones are: 0, if not given, is the main diagonal, positive ones are above it. */
  readonly diagonal?: number;
  /** float32 if not given. */
  readonly dtype?: DataType;
}

/**
 * A matrix `[rows, columns]` with ones on one diagonal and zeros elsewhere.
 *
 * @throws ShapeError unless `rows` and `columns` are non-negative integers, ArgumentError unless
 *   `diagonal` is an integer.
 */
export function eye(rows: number, options: EyeOptions = {}): Tensor {
  const { columns = rows, diagonal = 0, dtype = 'float32' } = options;
  const shape = [rows, columns];
  validateShape('eye', shape);
  if (!Number.isInteger(diagonal)) {
    throw new ArgumentError(`eye: diagonal must be an integer, got ${diagonal}.`);
  }
  return iota(shape, 1).equal(iota(shape, 0).add(diagonal)).cast(dtype);
}
