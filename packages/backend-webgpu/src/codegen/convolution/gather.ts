import type { DataType } from '@gradus/core/backend';
import type { Block } from '../block.js';
import { widen, type Value } from '../evaluator.js';
import type { Shader } from '../shader.js';
import { typeOf, vectorOf } from '../types.js';

/** A value that is added up from terms, in four lanes if one of them is. */
export function sum(block: Block, ...terms: readonly Value[]): Value {
  const code = block.let(terms.map((term) => term.code).join(' + '), 'at');
  return { code, lanes: terms.some(({ lanes }) => lanes === 4) ? 4 : 1 };
}

/** The same value in every lane. */
export function known(code: string | number): Value {
  return { code: `${code}`, lanes: 1 };
}

/** A value times a number. */
export function times({ code, lanes }: Value, factor: number): Value {
  return factor === 0 ? known(0) : { code: factor === 1 ? code : `${code} * ${factor}`, lanes };
}

/** Whether a name is from 0 on and below `extent`. */
export function isWithin({ code, lanes }: Value, extent: number): Value {
  const type = vectorOf('u32', lanes);
  return { code: `(${type}(${code}) < ${type}(${extent}))`, lanes };
}

/** Four elements of a buffer, zero where a mask is false. */
export function gatherFour(
  shader: Shader,
  buffer: number,
  dtype: DataType,
  index: string,
  masks: readonly Value[],
): string {
  const type = typeOf(dtype, 4);
  const each = ['x', 'y', 'z', 'w'].map((lane) => shader.load(buffer, `${index}.${lane}`, 1));
  const values = `${type}(${each.join(', ')})`;
  if (masks.length === 0) return values;
  const mask = masks.map((each) => widen(each, 'bool', 4)).join(' & ');
  return `select(${type}(), ${values}, ${mask})`;
}
