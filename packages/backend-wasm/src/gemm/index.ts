import type { FunctionReference, ModuleBuilder, TableReference } from '../assembler/index.js';
import { multiplyAddOf } from '../multiply-add.js';
import { defineBlockKernels, type BlockKernels } from './block-kernel.js';
import { blockingOf } from './blocking.js';
import { defineMultiply } from './multiply.js';
import { definePack, type Pack } from './pack.js';
import { scratchLayout } from './scratch.js';
import type { multiplySignature } from './signatures.js';

export { epilogueSignature, multiplySignature } from './signatures.js';

/** The functions of matrix multiplication in a module. */
export interface Gemm {
  readonly multiply: FunctionReference<typeof multiplySignature>;
  readonly packLeft: Pack;
  readonly packRight: Pack;
  readonly multiplyPacked: BlockKernels['packed'];
  readonly multiplyStrided: BlockKernels['strided'];
}

/**
 * Adds float32 matrix multiplication to a module that has a memory.
 *
 * @param table Where epilogues are found.
 */
export function defineGemm(
  module: ModuleBuilder,
  table: TableReference,
  { fusedMultiplyAdd }: { readonly fusedMultiplyAdd: boolean },
): Gemm {
  const blocking = blockingOf(fusedMultiplyAdd);
  const packLeft = definePack(module, 'packLeft', blocking.tileRows);
  const packRight = definePack(module, 'packRight', blocking.tileColumns);
  const multiplyAdd = multiplyAddOf(fusedMultiplyAdd);
  const { packed, strided } = defineBlockKernels(module, blocking, multiplyAdd);
  const parts = { packLeft, packRight, packed, strided };
  const multiply = defineMultiply(module, table, blocking, parts);
  return { multiply, packLeft, packRight, multiplyPacked: packed, multiplyStrided: strided };
}

/** How much scratch memory `multiply` needs, in bytes. */
export function scratchBytes(fusedMultiplyAdd: boolean): number {
  return scratchLayout(blockingOf(fusedMultiplyAdd)).byteLength;
}
