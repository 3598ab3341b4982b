export { rowTableStep } from './gathered-tile-kernel.js';
import type { ModuleBuilder } from '../assembler/index.js';
import { blockingOf } from '../gemm/blocking.js';
import { multiplyAddOf } from '../multiply-add.js';
import { defineMultiplyGathered, multiplyGatheredSignature } from './multiply-gathered.js';
import {
  definePackChannels,
  definePackGathered,
  packChannelsSignature,
  packGatheredSignature,
} from './pack-lanes.js';
import { definePadPlanes, padPlanesSignature } from './pad-planes.js';
import { defineSumTransposed, sumTransposedSignature } from './sum-transposed.js';
import { defineWriteOffsets, writeOffsetsSignature } from './write-offsets.js';

/** What convolutions are made of. */
export const convolutionSignatures = {
  multiplyGathered: multiplyGatheredSignature,
  padPlanes: padPlanesSignature,
  packGathered: packGatheredSignature,
  packChannels: packChannelsSignature,
  sumTransposed: sumTransposedSignature,
  writeOffsets: writeOffsetsSignature,
} as const;

/** Adds what convolutions are made of to a module that has a memory. */
export function defineConvolution(
  module: ModuleBuilder,
  { fusedMultiplyAdd }: { readonly fusedMultiplyAdd: boolean },
) {
  const { tileRows } = blockingOf(fusedMultiplyAdd);
  const multiplyAdd = multiplyAddOf(fusedMultiplyAdd);
  return {
    multiplyGathered: defineMultiplyGathered(module, tileRows, multiplyAdd),
    padPlanes: definePadPlanes(module),
    packGathered: definePackGathered(module),
    packChannels: definePackChannels(module),
    sumTransposed: defineSumTransposed(module),
    writeOffsets: defineWriteOffsets(module),
  };
}
