import { affineIndex, type Expression, type OperationExpression } from '@gradus/core/backend';
import { i32 } from '../assembler/index.js';
import type { Code } from './code.js';

type Integer = Code<'i32'>;

const binary: Readonly<Record<string, (a: Integer, b: Integer) => Integer>> = {
  add: i32.add,
  sub: i32.sub,
  mul: i32.mul,
  less: i32.lt_s,
  lessEqual: i32.le_s,
  equal: i32.eq,
  notEqual: i32.ne,
};

const logical: Readonly<Record<string, (a: Integer, b: Integer) => Integer>> = {
  and: i32.and,
  or: i32.or,
  xor: i32.xor,
};

/**
 * An operation on int32 and bool (as 0 and 1) that index expressions are made of, or undefined for
 * others.
 */
export function scalarOperation(
  { op, dtype, inputs }: OperationExpression,
  operand: (input: Expression) => Integer,
): Integer | undefined {
  const [first, second] = inputs;
  if (second === undefined || inputs.length > 2) return undefined;
  if (dtype === 'bool' && first!.dtype === 'bool' && op in logical) {
    return logical[op]!(operand(first!), operand(second));
  }
  if (first!.dtype !== 'int32' || second.dtype !== 'int32') return undefined;
  if (op in binary) return binary[op]!(operand(first!), operand(second));
  if (second.op !== 'constant' || second.value <= 0) return undefined;
  // Coordinates are not negative, where it is known that they are not.
  if (op === 'floorDiv') return floorDivide(operand(first!), second.value, isNatural(first!));
  if (op === 'mod') return modulo(operand(first!), second.value, isNatural(first!));
  return undefined;
}

function floorDivide(a: Integer, divisor: number, natural: boolean): Integer {
  if (natural) return i32.div_u(a, divisor);
  return i32.sub(i32.div_s(a, divisor), i32.lt_s(i32.rem_s(a, divisor), 0));
}

function modulo(a: Integer, divisor: number, natural: boolean): Integer {
  const remainder = natural ? i32.rem_u(a, divisor) : i32.rem_s(a, divisor);
  if (natural) return remainder;
  return i32.add(remainder, i32.mul(i32.lt_s(remainder, 0), divisor));
}

/** Whether an expression is a sum of coordinates with factors that are not negative. */
function isNatural(expression: Expression): boolean {
  const affine = affineIndex(expression, 0);
  return (
    affine !== undefined &&
    affine.constant >= 0 &&
    affine.coefficients.every((coefficient) => coefficient >= 0)
  );
}
