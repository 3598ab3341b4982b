import { encode, ModuleBuilder, type Limits } from './assembler/index.js';
import { defineGemm, scratchBytes } from './gemm/index.js';

/** Bytes in front of a thread's scratch memory that tell an epilogue what its block is of. */
export const contextByteLength = 64;

/** How much memory each thread needs for itself: the context of an epilogue, then what kernels use. */
export function threadByteLength(fusedMultiplyAdd: boolean): number {
  return contextByteLength + scratchBytes(fusedMultiplyAdd);
}

/**
 * The module of kernels that are the same for all plans: one a device, so that the engine's
 * compiler has long since optimised it when a new plan calls it. It imports `engine.memory` and
 * `engine.table`, where the epilogues of plans are, and exports `multiply`.
 */
export function engineModule(
  memory: Limits,
  options: { readonly fusedMultiplyAdd: boolean },
): Uint8Array<ArrayBuffer> {
  const module = new ModuleBuilder();
  module.importMemory('engine', 'memory', memory);
  const table = module.importTable('engine', 'table', { initial: 0 });
  module.export('multiply', defineGemm(module, table, options).multiply);
  return encode(module);
}
