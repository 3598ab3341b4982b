import { setFlagsFromString } from 'node:v8';
import { hasFusedMultiplyAdd } from '../../src/relaxed-simd.js';

/** Makes sure of relaxed SIMD, which Node 20 has behind a flag. */
export function enableRelaxedSimd(): void {
  if (!hasFusedMultiplyAdd()) setFlagsFromString('--experimental-wasm-relaxed-simd');
  if (!hasFusedMultiplyAdd()) throw new Error('this engine has no relaxed SIMD');
}

/** Makes sure that there is no relaxed SIMD, which later ones have by default. */
export function disableRelaxedSimd(): void {
  if (hasFusedMultiplyAdd()) setFlagsFromString('--no-experimental-wasm-relaxed-simd');
  if (hasFusedMultiplyAdd()) throw new Error('this engine insists on relaxed SIMD');
}
