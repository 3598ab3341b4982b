import { isFloating, type DataType } from '@gradus/core/backend';
import { isNan, typesOf } from './math/float-function.js';
import { typeOf, type Lanes } from './types.js';

/**
 * WGSL of a value of type `from` as one of type `to`: to an integer it truncates and saturates, NaN
 * giving 0.
 *
 * @param a A name or literal.
 */
export function castCode(from: DataType, to: DataType, lanes: Lanes, a: string): string {
  if (from === to) return a;
  const type = typeOf(to, lanes);
  if (from === 'bool') return `${type}(${a})`;
  if (from === 'float16') {
    const wide = `${typeOf('float32', lanes)}(${a})`;
    return to === 'float32' ? wide : castCode('float32', to, lanes, wide);
  }
  if (to === 'bool') return isNotZero(from, lanes, a);
  if (from === 'uint32' && to === 'float32') return roundUnsigned(lanes, a);
  if (isFloating(to)) return `${type}(${a})`;
  return isFloating(from) ? truncate(to, lanes, a) : saturate(from, to, lanes, a);
}

/** In two halves, which are exact: of larger numbers, devices round twice or not to the nearest. */
function roundUnsigned(lanes: Lanes, a: string): string {
  const { f, u } = typesOf(lanes);
  const half = (mask: number): string => `${f}(${a} & ${u}(${mask}))`;
  return `(${half(0xffff0000)} + ${half(0xffff)})`;
}

/** By the bits: NaN is true, and so are the subnormal numbers that a comparison may flush. */
function isNotZero(from: DataType, lanes: Lanes, a: string): string {
  const { i } = typesOf(lanes);
  if (!isFloating(from)) return `(${a} != ${typeOf(from, lanes)}())`;
  return `((bitcast<${i}>(${a}) & ${i}(0x7fffffff)) != ${i}(0))`;
}

/** WGSL itself saturates, but to the last number that float32 has too. */
function truncate(to: DataType, lanes: Lanes, a: string): string {
  const types = typesOf(lanes);
  const type = typeOf(to, lanes);
  const isBeyond = (limit: number): string => `${a} >= ${types.f}(${limit})`;
  const whole =
    to === 'uint8'
      ? `min(${type}(${a}), ${type}(255))`
      : to === 'int32'
        ? `select(${type}(${a}), ${type}(2147483647), ${isBeyond(2 ** 31)})`
        : `select(${type}(${a}), ${type}(4294967295), ${isBeyond(2 ** 32)})`;
  return `select(${whole}, ${type}(), ${isNan(types, a)})`;
}

function saturate(from: DataType, to: DataType, lanes: Lanes, a: string): string {
  const { i, u } = typesOf(lanes);
  if (from === 'int32') {
    return to === 'uint32' ? `${u}(max(${a}, ${i}()))` : `${u}(clamp(${a}, ${i}(), ${i}(255)))`;
  }
  if (to === 'int32') return `${i}(min(${a}, ${u}(2147483647)))`;
  return to === 'uint8' ? `min(${a}, ${u}(255))` : a;
}
