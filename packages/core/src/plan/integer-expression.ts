import type { Expression } from '../backend/expression.js';

/** The int32 constant `value`. */
export function integer(value: number): Expression {
  return { op: 'constant', dtype: 'int32', value };
}

/** The coordinate along an axis of the index space. */
export function axisCoordinate(axis: number): Expression {
  return { op: 'index', dtype: 'int32', axis };
}

/** left + right, without adding 0. */
export function integerSum(left: Expression, right: Expression): Expression {
  if (isInteger(left, 0)) return right;
  return isInteger(right, 0) ? left : integerOperation('add', left, right);
}

/** value · factor, without multiplying by 1. */
export function integerProduct(value: Expression, factor: number): Expression {
  return factor === 1 ? value : integerOperation('mul', value, integer(factor));
}

/** An int32 operation on two int32 operands. */
export function integerOperation(
  op: 'add' | 'mul' | 'floorDiv' | 'mod',
  left: Expression,
  right: Expression,
): Expression {
  return { op, dtype: 'int32', inputs: [left, right] };
}

function isInteger(expression: Expression, value: number): boolean {
  return expression.op === 'constant' && expression.value === value;
}
