import { doAtOnce } from '@gradus/core/backend';
import { describe, expect, it } from 'vitest';
import { engineModule, engineSignatures } from '../src/engine.js';
import { warmUpOf } from '../src/warm-up.js';
import { enableRelaxedSimd } from './support/features.js';

enableRelaxedSimd();

describe.each([false, true])('warming up, with fused multiply-add: %s', (fusedMultiplyAdd) => {
  const limits = { initial: 1, maximum: 1000, shared: true };
  const warmUp = warmUpOf(limits, { fusedMultiplyAdd })!;

  it('calls all that the engine module has', () => {
    expect(new Set(warmUp.calls.map(([name]) => name))).toEqual(
      new Set(Object.keys(engineSignatures)),
    );
  });

  it('stays within a memory that the module takes, and leaves it as it was', () => {
    const module = new WebAssembly.Module(doAtOnce(engineModule(limits, { fusedMultiplyAdd })));
    const memory = new WebAssembly.Memory(warmUp.memory);
    const table = new WebAssembly.Table({ element: 'anyfunc', initial: 0 });
    const { exports } = new WebAssembly.Instance(module, { engine: { memory, table } });
    for (const [name, ...values] of warmUp.calls) {
      (exports[name] as (...values: number[]) => void)(...values);
    }
    expect(new Uint32Array(memory.buffer).some((word) => word !== 0)).toBe(false);
  });

  it('does not happen where memory may not grow that far', () => {
    expect(warmUpOf({ ...limits, maximum: 16 }, { fusedMultiplyAdd })).toBeUndefined();
  });
});
