import { encode, f32x4, ModuleBuilder, v128 } from '@gradus/backend-wasm/assembler';

const turns = 60_000;

/**
 * Multiplies and adds at the speed of the machine's 128-bit units, with nothing else to do: the
 * most that a matrix product could reach.
 *
 * @param {boolean} fused With fused multiply-add (relaxed SIMD).
 * @returns {{ run: () => void, operations: number }} How many floating-point operations a run has.
 */
export function createPeak(fused) {
  const module = new ModuleBuilder();
  module.memory({ initial: 1 });
  const accumulators = fused ? 12 : 8;
  const peak = module.function('peak', { parameters: {} }, (body) => {
    const load = (/** @type {number} */ count, /** @type {number} */ address) =>
      Array.from({ length: count }, (_, i) => body.let(v128.load(address + 16 * i)));
    const sums = load(accumulators, 0);
    const left = load(fused ? 1 : 4, 256);
    const right = load(fused ? 1 : 2, 512);
    const step = (/** @type {typeof sums[0]} */ sum, /** @type {number} */ i) => {
      if (fused) body.set(sum, f32x4.relaxed_madd(sum, left[0] ?? sum, right[0] ?? sum));
      else {
        const product = f32x4.mul(left[i % 4] ?? sum, right[i >> 2] ?? sum);
        body.set(sum, f32x4.add(sum, product));
      }
    };
    body.for({ to: turns }, () => {
      // Loaded anew, or the engine would see that the products are always the same.
      if (!fused) right.forEach((factor, i) => body.set(factor, v128.load(512 + 16 * i)));
      sums.forEach(step);
    });
    sums.forEach((sum, i) => body.emit(v128.store(16 * i, sum)));
  });
  module.export('peak', peak);
  const instance = new WebAssembly.Instance(new WebAssembly.Module(encode(module)));
  const run = /** @type {() => void} */ (instance.exports['peak']);
  return { run, operations: turns * accumulators * 8 };
}

/**
 * Whether this engine compiles relaxed SIMD.
 *
 * @returns {boolean} So that `createPeak(true)` works.
 */
export function canFuse() {
  try {
    createPeak(true);
    return true;
  } catch {
    return false;
  }
}
