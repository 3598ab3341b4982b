import type { Plan } from '@gradus/core/backend';

/** A sum of ones that takes days on every thread; its one output has 1024 elements of float32. */
export const endlessPlan: Plan = {
  buffers: [{ role: 'output', dtype: 'float32', length: 1024, position: 0 }],
  scalars: [],
  arenaByteLength: 0,
  kernels: [
    {
      kind: 'reduce',
      name: 'endless',
      shape: [1024],
      reduceShape: [2 ** 15, 2 ** 30],
      reductions: [
        {
          operation: 'sum',
          dtype: 'float32',
          value: { op: 'constant', dtype: 'float32', value: 1 },
        },
      ],
      outputs: [{ buffer: 0, value: { op: 'reduced', dtype: 'float32', position: 0 } }],
    },
  ],
};
