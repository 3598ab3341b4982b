import { CpuBackend } from '@gradus/backend-cpu';
import type { Expression, Kernel, ReductionOperation } from '@gradus/core/backend';
import { expect, it } from 'vitest';
import { describeOnBackend } from '../support/gpu.js';
import { planOf, runPlan, type Contents } from '@gradus/kernel-tests/run-plan';

const index = (axis: number): Expression => ({ op: 'index', dtype: 'int32', axis });

const load = (buffer: number, at: Expression): Expression => ({
  op: 'load',
  dtype: 'float32',
  buffer,
  index: at,
});

const add = (a: Expression, b: Expression): Expression => ({
  op: 'add',
  dtype: 'float32',
  inputs: [a, b],
});

const reduced = (position: number, dtype: 'float32' | 'int32' = 'float32'): Expression => ({
  op: 'reduced',
  dtype,
  position,
});

/** Small integers, so that sums are exact in any order. */
const ofLength = (length: number, seed: number): Contents => ({
  dtype: 'float32',
  length,
  values: Array.from({ length }, (_, i) => ((i * 7 + seed * 3) % 11) - 5),
});

/** Enough to be cut into parts, on any device. */
const depth = 2 ** 16;

// The stages of such kernels leave something to each other, in buffers that are not the plan's.
await describeOnBackend('kernels of as many buffers as a stage can have', (backend) => {
  const most = backend.capabilities.maximumBuffersPerKernel;

  async function agree(inputs: Contents[], outputs: Contents[], kernel: Kernel): Promise<void> {
    expect(inputs.length + outputs.length).toBe(most);
    const plan = planOf(inputs, outputs, [kernel]);
    const expected = await runPlan(new CpuBackend(), plan, inputs);
    expect(await runPlan(backend, plan, inputs)).toEqual(expected);
  }

  it('reductions, of which each leaves a value and a position', async () => {
    const operations: ReductionOperation[] = ['argMax', 'argMin', 'argMax'];
    const inputs = Array.from({ length: most - 3 }, (_, seed) => ofLength(depth, seed));
    const value = inputs.map((_, buffer) => load(buffer, index(1))).reduce(add);
    await agree(
      inputs,
      operations.map(() => ({ dtype: 'int32', length: 1 })),
      {
        kind: 'reduce',
        name: 'searches',
        shape: [1],
        reduceShape: [depth],
        reductions: operations.map((operation) => ({ operation, dtype: 'int32', value })),
        outputs: operations.map((_, position) => ({
          buffer: most - 3 + position,
          value: reduced(position, 'int32'),
        })),
      },
    );
  });

  it('a reduction of nothing in memory, with an epilogue of all of it', async () => {
    const inputs = Array.from({ length: most - 1 }, (_, seed) => ofLength(1, seed));
    const one: Expression = { op: 'constant', dtype: 'float32', value: 1 };
    await agree(inputs, [{ dtype: 'float32', length: 1 }], {
      kind: 'reduce',
      name: 'count',
      shape: [1],
      reduceShape: [depth],
      reductions: [{ operation: 'sum', dtype: 'float32', value: one }],
      outputs: [
        {
          buffer: most - 1,
          value: inputs.map((_, buffer) => load(buffer, index(0))).reduce(add, reduced(0)),
        },
      ],
    });
  });

  it('a product with an epilogue that reads its operands', async () => {
    const inputs = [
      ...[0, 1].map((seed) => ofLength(depth, seed)),
      ...Array.from({ length: most - 3 }, (_, seed) => ofLength(1, seed)),
    ];
    const matrix = { offset: 0, batchStrides: [], columnStride: 1 };
    await agree(inputs, [{ dtype: 'float32', length: 1 }], {
      kind: 'matMul',
      name: 'dot',
      dtype: 'float32',
      shape: [1, 1],
      depth,
      left: { buffer: 0, rowStride: depth, ...matrix },
      right: { buffer: 1, rowStride: 1, ...matrix },
      outputs: [
        {
          buffer: most - 1,
          value: inputs.map((_, buffer) => load(buffer, index(0))).reduce(add, reduced(0)),
        },
      ],
    });
  });
});
