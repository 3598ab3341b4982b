import { roundTo } from './backend/semantics.js';

const infinity = 0x7c00;
const notANumber = 0x7e00;

/** The bits of the float16 nearest to `value`: sign, 5 bits of exponent, 10 bits of fraction. */
export function encodeFloat16(value: number): number {
  if (Number.isNaN(value)) return notANumber;
  const sign = value < 0 || Object.is(value, -0) ? 0x8000 : 0;
  const magnitude = Math.abs(roundTo.float16(value));
  if (magnitude === Infinity) return sign | infinity;
  // Subnormals have the exponent field 0 and the unit of the smallest normal numbers.
  const exponent = magnitude < 2 ** -14 ? -15 : Math.floor(Math.log2(magnitude));
  const units = magnitude / 2 ** (Math.max(exponent, -14) - 10);
  return sign | (((exponent + 15) << 10) + (units % 1024));
}

/** The value of a float16 given as bits. */
export function decodeFloat16(bits: number): number {
  const sign = bits & 0x8000 ? -1 : 1;
  const exponent = (bits >> 10) & 31;
  const fraction = bits & 1023;
  if (exponent === 31) return fraction === 0 ? sign * Infinity : NaN;
  return exponent === 0
    ? sign * fraction * 2 ** -24
    : sign * (1024 + fraction) * 2 ** (exponent - 25);
}
