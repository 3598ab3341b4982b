import type { Pieces } from '@gradus/core/backend';
import { encode, ModuleBuilder, type FunctionReference, type Limits } from './assembler/index.js';
import { convolutionSignatures, defineConvolution } from './convolution/index.js';
import { defineGemm, multiplySignature, scratchBytes } from './gemm/index.js';

/** What the engine module exports, which the modules of plans import from `engine`. */
export const engineSignatures = { multiply: multiplySignature, ...convolutionSignatures } as const;

/** The functions of the engine module, as those of a plan's module call them. */
export type EngineFunctions = {
  readonly [Name in keyof typeof engineSignatures]: FunctionReference<
    (typeof engineSignatures)[Name]
  >;
};

/** Bytes in front of a thread's scratch memory that tell an epilogue what its block is of. */
export const contextByteLength = 64;

/** How much memory each thread needs for itself: the context of an epilogue, then what kernels use. */
export function threadByteLength(fusedMultiplyAdd: boolean): number {
  return contextByteLength + scratchBytes(fusedMultiplyAdd);
}

/**
 * The module of kernels that are the same for all plans: one a device, so that the engine's
 * compiler has long since optimised it when a new plan calls it. It imports `engine.memory` and
 * `engine.table`, where the epilogues of plans are.
 */
export function* engineModule(
  memory: Limits,
  options: { readonly fusedMultiplyAdd: boolean },
): Pieces<Uint8Array<ArrayBuffer>> {
  const module = new ModuleBuilder();
  module.importMemory('engine', 'memory', memory);
  const table = module.importTable('engine', 'table', { initial: 0 });
  const { multiply } = defineGemm(module, table, options);
  yield;
  const functions: EngineFunctions = { multiply, ...defineConvolution(module, options) };
  for (const [name, reference] of Object.entries(functions)) module.export(name, reference);
  yield;
  return encode(module);
}
