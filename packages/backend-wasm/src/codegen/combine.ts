import {
  combiningOperations,
  isFloating,
  valueRange,
  type DataType,
  type ReductionOperation,
} from '@gradus/core/backend';
import { f32x4, i32x4, v128, type FunctionBody, type Variable } from '../assembler/index.js';
import { pickLanes } from '../pick-lanes.js';
import type { Code } from './code.js';
import { splatConstant } from './lanes.js';
import { vectorOperation } from './operations.js';

type Vector = Code<'v128'>;
type PlainOperation = Exclude<ReductionOperation, 'argMax' | 'argMin'>;

/** What changes no result: the start of every reduction. */
export function identity(operation: ReductionOperation, dtype: DataType): Vector {
  if (operation === 'sum') return splatConstant(dtype, 0);
  if (operation === 'product') return splatConstant(dtype, 1);
  const [least, greatest] = valueRange[dtype];
  const seeksLeast = operation === 'min' || operation === 'argMin';
  return splatConstant(dtype, seeksLeast ? greatest : least);
}

/** What a reduction has found so far, in every lane. */
export interface Accumulator {
  /** Takes one more value into account, `position` being where it is for `argMax` and `argMin`. */
  add(value: Vector, position: Vector): void;
  /** Takes into account what another one of the same kind has `found`, in locals. */
  merge(found: readonly Vector[]): void;
  /** Combines the lanes: then all of them hold the result. */
  combineLanes(): void;
  /** What has been found, and for positions also the value there. */
  readonly found: readonly Variable<'v128'>[];
  readonly result: Vector;
}

/**
 * An accumulator of locals of `body`.
 *
 * @param positions What the lanes of `argMax` and `argMin` begin with: where the first values are.
 */
export function accumulator(
  body: FunctionBody,
  operation: ReductionOperation,
  dtype: DataType,
  positions: Vector,
): Accumulator {
  return operation === 'argMax' || operation === 'argMin'
    ? extremePosition(body, operation, dtype, positions)
    : plain(body, operation, dtype);
}

function plain(body: FunctionBody, operation: PlainOperation, dtype: DataType): Accumulator {
  const total = body.let(identity(operation, dtype), operation);
  const combine = (value: Vector): void =>
    body.set(total, combined(operation, dtype, total, value));
  return {
    result: total,
    found: [total],
    add: combine,
    merge: ([other]) => combine(other!),
    combineLanes: () => exchanges.forEach((exchange) => combine(exchange(total))),
  };
}

function combined(operation: PlainOperation, dtype: DataType, a: Vector, b: Vector): Vector {
  if (dtype === 'bool') return operation === 'max' ? v128.or(a, b) : v128.and(a, b);
  if (dtype === 'float32' && operation === 'max') return greaterOf(a, b);
  if (dtype === 'float32' && operation === 'min') return lesserOf(a, b);
  const operands = { from: dtype, to: dtype, inputs: [a, b], keep: (value: Vector) => value };
  return vectorOperation(combiningOperations[operation], operands)!;
}

/**
 * The greater of two float32 numbers in locals, NaN if either is. A third of what `f32x4.max` takes:
 * `pmax` is one instruction, and where the order of its operands matters one of them is NaN, or both
 * are zeros.
 */
export function greaterOf(a: Vector, b: Vector): Vector {
  return v128.or(f32x4.pmax(a, b), f32x4.pmax(b, a));
}

/** The lesser one likewise. */
function lesserOf(a: Vector, b: Vector): Vector {
  return v128.or(f32x4.pmin(a, b), f32x4.pmin(b, a));
}

/** The first position of the greatest or least value; NaN wins. */
function extremePosition(
  body: FunctionBody,
  operation: 'argMax' | 'argMin',
  dtype: DataType,
  positions: Vector,
): Accumulator {
  const best = body.let(identity(operation, dtype), operation);
  const place = body.let(positions, 'place');
  const take = (value: Vector, position: Vector, wins: Vector): void => {
    const better = body.let(wins, 'better');
    body.set(best, v128.bitselect(value, best, better));
    body.set(place, v128.bitselect(position, place, better));
  };
  const exceeds = (value: Vector): Vector => wins(operation, dtype, value, best);
  /** Of equal values the first one counts. */
  const meet = (value: Vector, position: Vector): void => {
    const first = v128.and(isSame(dtype, value, best), i32x4.lt_s(position, place));
    take(value, position, v128.or(exceeds(value), first));
  };
  return {
    result: place,
    found: [best, place],
    add: (value, position) => take(value, position, exceeds(value)),
    merge: ([value, position]) => meet(value!, position!),
    combineLanes: () => {
      for (const exchange of exchanges) {
        const value = body.let(exchange(best), 'other');
        meet(value, body.let(exchange(place), 'otherPlace'));
      }
    },
  };
}

function wins(operation: 'argMax' | 'argMin', dtype: DataType, a: Vector, b: Vector): Vector {
  const [greater, lesser] = operation === 'argMax' ? [a, b] : [b, a];
  if (!isFloating(dtype)) {
    return dtype === 'int32' ? i32x4.gt_s(greater, lesser) : i32x4.gt_u(greater, lesser);
  }
  const onlyFirstIsNaN = v128.and(f32x4.ne(a, a), f32x4.eq(b, b));
  return v128.or(f32x4.gt(greater, lesser), onlyFirstIsNaN);
}

function isSame(dtype: DataType, a: Vector, b: Vector): Vector {
  if (!isFloating(dtype)) return i32x4.eq(a, b);
  return v128.or(f32x4.eq(a, b), v128.and(f32x4.ne(a, a), f32x4.ne(b, b)));
}

/** First the halves of a vector, then the neighbours in them: every lane has met every other one. */
const exchanges = [
  (vector: Variable<'v128'>) => pickLanes(vector, vector, [2, 3, 0, 1]),
  (vector: Variable<'v128'>) => pickLanes(vector, vector, [1, 0, 3, 2]),
];
