import { setFlagsFromString } from 'node:v8';
import { encode, f32x4, ModuleBuilder, v128 } from '../../src/assembler/index.js';

/** Whether this engine has relaxed SIMD by now. */
function hasRelaxedSimd(): boolean {
  const module = new ModuleBuilder();
  module.memory({ initial: 1 });
  module.function('probe', { parameters: {} }, (body) => {
    const x = v128.load(0);
    body.emit(v128.store(0, f32x4.relaxed_madd(x, x, x)));
  });
  return WebAssembly.validate(encode(module));
}

/** Makes sure of relaxed SIMD, which Node 20 has behind a flag. */
export function enableRelaxedSimd(): void {
  if (!hasRelaxedSimd()) setFlagsFromString('--experimental-wasm-relaxed-simd');
  if (!hasRelaxedSimd()) throw new Error('this engine has no relaxed SIMD');
}
