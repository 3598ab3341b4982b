import type { DataType, ScalarOperation } from '@gradus/core/backend';
import type { Helper, Helpers } from './helpers.js';
import { typeOf, type Lanes } from './types.js';

/** What an operation is applied to. */
export interface OperationOptions {
  /** Of the result. */
  readonly dtype: DataType;
  /** Of the operands; of `where`, of the last one. */
  readonly inputType: DataType;
  readonly lanes: Lanes;
  /** Names or literals. */
  readonly operands: readonly string[];
  readonly word?: 0 | 1 | undefined;
  readonly helpers: Helpers;
}

/** Bits that no compiler knows: infinity and NaN must not be constants. */
const opaque: Helper = {
  name: 'opaque',
  write: (name) => `var<private> hidden: u32;\nfn ${name}(x: u32) -> u32 { return x ^ hidden; }`,
};

const infix: Partial<Record<ScalarOperation, string>> = {
  add: '+',
  sub: '-',
  mul: '*',
  div: '/',
  less: '<',
  lessEqual: '<=',
  equal: '==',
  notEqual: '!=',
  and: '&',
  or: '|',
  xor: '^',
};

/** WGSL of a constant. */
export function literalCode(value: number, dtype: DataType, helpers: Helpers): string {
  if (dtype === 'bool') return value === 0 ? 'false' : 'true';
  if (dtype === 'int32') return value === -2147483648 ? '(-2147483647 - 1)' : `(${value})`;
  if (dtype !== 'float32') return `${value}u`;
  const bits = `${new Uint32Array(Float32Array.of(value).buffer)[0]!}u`;
  return `bitcast<f32>(${Number.isFinite(value) ? bits : `${helpers.use(opaque, 1)}(${bits})`})`;
}

/** WGSL of an operation. */
export function operationCode(operation: ScalarOperation, options: OperationOptions): string {
  const { dtype, lanes, operands } = options;
  const [a, b, c] = operands as [string, string, string];
  const operator = infix[operation];
  if (operator !== undefined) return `(${a} ${operator} ${b})`;
  const type = typeOf(dtype, lanes);
  if (operation === 'cast') return `${type}(${a})`;
  if (operation === 'where') return `select(${c}, ${b}, ${a})`;
  if (operation === 'neg') return `(-${a})`;
  if (operation === 'maximum') return `max(${a}, ${b})`;
  if (operation === 'minimum') return `min(${a}, ${b})`;
  if (operation === 'relu') return `max(${a}, ${type}())`;
  if (operation === 'sigmoid') return `(1 / (1 + exp(-${a})))`;
  return `${operation}(${operands.join(', ')})`;
}
