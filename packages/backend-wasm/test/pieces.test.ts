import { doAtOnce, type Pieces } from '@gradus/core/backend';
import { describe, expect, it } from 'vitest';
import { commonLibrary } from '../src/codegen/common-library.js';
import { planModule } from '../src/codegen/plan-module.js';
import { engineModule } from '../src/engine.js';
import { thousandKernels } from './support/plans.js';

const memory = { initial: 1 };

/** How often work may be interrupted. */
function interruptions(work: Pieces<unknown>): number {
  let count = 0;
  while (work.next().done !== true) count++;
  return count;
}

describe('modules are written in pieces, so that pages are not held up', () => {
  it('those of plans kernel by kernel', () => {
    const target = { memory, threadByteLength: 64, tableOffset: 0, fusedMultiplyAdd: false };
    const kernels = thousandKernels.kernels.slice(0, 20);
    const write = () => planModule({ ...thousandKernels, kernels }, target, commonLibrary);
    expect(interruptions(write())).toBeGreaterThanOrEqual(kernels.length);
    expect(WebAssembly.validate(doAtOnce(write()).bytes)).toBe(true);
  });

  it("the engine's by what it has", () => {
    const write = () => engineModule(memory, { fusedMultiplyAdd: false });
    expect(interruptions(write())).toBeGreaterThanOrEqual(2);
  });
});
