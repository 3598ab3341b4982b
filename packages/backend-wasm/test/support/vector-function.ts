import { encode, i32, ModuleBuilder, v128 } from '../../src/assembler/index.js';
import type { VectorFunction } from '../../src/math/vector.js';
import { multiplyAddOf } from '../../src/multiply-add.js';

/** Applies a vector function to arrays whose length is a multiple of 4. */
export function compile(
  emit: VectorFunction,
  fusedMultiplyAdd: boolean,
): (...operands: Float32Array[]) => Float32Array {
  const module = new ModuleBuilder();
  module.export('memory', module.memory({ initial: 16 }));
  const parameters = { first: 'i32', second: 'i32', result: 'i32', byteLength: 'i32' } as const;
  const apply = module.function('apply', { parameters }, (body, pointers) => {
    const { first, second, result, byteLength } = pointers;
    const multiplyAdd = multiplyAddOf(fusedMultiplyAdd);
    body.for({ to: byteLength, step: 16 }, (offset) => {
      const load = (pointer: typeof first) => v128.load(i32.add(pointer, offset));
      const value = emit({ body, multiplyAdd }, load(first), load(second));
      body.emit(v128.store(i32.add(result, offset), value));
    });
  });
  module.export('apply', apply);
  const instance = new WebAssembly.Instance(new WebAssembly.Module(encode(module)));
  const exports = instance.exports as {
    memory: WebAssembly.Memory;
    apply: (...addressesAndLength: number[]) => void;
  };
  return (...operands) => {
    const { length, byteLength } = operands[0]!;
    const addresses = [0, 1, 2].map((index) => index * byteLength);
    operands.forEach((operand, index) =>
      new Float32Array(exports.memory.buffer, addresses[index]).set(operand),
    );
    exports.apply(...addresses, byteLength);
    return new Float32Array(exports.memory.buffer, addresses[2], length).slice();
  };
}
