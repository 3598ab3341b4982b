import { encode, f32x4, ModuleBuilder, v128 } from './assembler/index.js';

/** Whether the WebAssembly engine multiplies and adds in one instruction, `f32x4.relaxed_madd`. */
export function hasFusedMultiplyAdd(): boolean {
  const module = new ModuleBuilder();
  module.memory({ initial: 1 });
  module.function('probe', { parameters: {} }, (body) => {
    const x = v128.load(0);
    body.emit(v128.store(0, f32x4.relaxed_madd(x, x, x)));
  });
  return WebAssembly.validate(encode(module));
}
