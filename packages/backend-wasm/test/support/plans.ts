import type { Expression, Plan, PlanBuffer, ScalarOperation } from '@gradus/core/backend';

/** The rows and columns of the matrices that the plans here are about: work for two threads. */
const extent = 64;
/** And their elements. */
export const length = extent * extent;

const integer = (
  op: ScalarOperation,
  left: Expression,
  right: Expression | number,
): Expression => ({
  op,
  dtype: 'int32',
  inputs: [
    left,
    typeof right === 'number' ? { op: 'constant', dtype: 'int32', value: right } : right,
  ],
});

const index = (axis: number): Expression => ({ op: 'index', dtype: 'int32', axis });
const position = integer('add', integer('mul', index(0), extent), index(1));

const apply = (op: ScalarOperation, ...inputs: Expression[]): Expression => ({
  op,
  dtype: 'float32',
  inputs,
});

const load = (buffer: number, index = position): Expression => ({
  op: 'load',
  dtype: 'float32',
  buffer,
  index,
});

const scalar: Expression = { op: 'scalar', dtype: 'float32', position: 0 };

const input = (place: number, written = false): PlanBuffer => ({
  role: 'input',
  dtype: 'float32',
  length,
  position: place,
  written,
});

const output: PlanBuffer = { role: 'output', dtype: 'float32', length, position: 0 };

const map = (buffer: number, value: Expression) =>
  ({ kind: 'map', name: 'map', shape: [extent, extent], outputs: [{ buffer, value }] }) as const;

/** A plan, and what it makes of its inputs and a factor. */
export interface Example {
  readonly plan: Plan;
  /** Whether the result takes the place of the first input. */
  readonly inPlace?: boolean;
  readonly expected: (a: Float32Array, b: Float32Array, factor: number) => Float32Array;
}

/** (a − b) · factor by way of the end of an arena, so that two kernels meet at a barrier. */
export function throughArena(arenaByteLength: number): Example {
  const byteOffset = arenaByteLength - 4 * length;
  return {
    plan: {
      buffers: [
        input(0),
        input(1),
        output,
        { role: 'temporary', dtype: 'float32', length, byteOffset },
      ],
      scalars: ['float32'],
      arenaByteLength,
      kernels: [map(3, apply('sub', load(0), load(1))), map(2, apply('mul', load(3), scalar))],
    },
    expected: (a, b, factor) => a.map((value, index) => Math.fround(value - b[index]!) * factor),
  };
}

/** Adds factor · b to a. */
export const accumulation: Example = {
  plan: {
    buffers: [input(0, true), input(1)],
    scalars: ['float32'],
    arenaByteLength: 0,
    kernels: [map(0, apply('add', load(0), apply('mul', load(1), scalar)))],
  },
  inPlace: true,
  expected: (a, b, factor) => a.map((value, index) => value + Math.fround(b[index]! * factor)),
};

const matrix = { offset: 0, batchStrides: [], rowStride: extent, columnStride: 1 };

/** factor · a · b, the factor being the product's epilogue. Exact for small integers. */
export const product: Example = {
  plan: {
    buffers: [input(0), input(1), output],
    scalars: ['float32'],
    arenaByteLength: 0,
    kernels: [
      {
        kind: 'matMul',
        name: 'product',
        dtype: 'float32',
        shape: [extent, extent],
        depth: extent,
        left: { buffer: 0, ...matrix },
        right: { buffer: 1, ...matrix },
        outputs: [
          {
            buffer: 2,
            value: apply('mul', { op: 'reduced', dtype: 'float32', position: 0 }, scalar),
          },
        ],
      },
    ],
  },
  expected: (a, b, factor) =>
    Float32Array.from({ length }, (_, index) => {
      const [row, column] = [Math.floor(index / extent), index % extent];
      let sum = 0;
      for (let k = 0; k < extent; k++) sum += a[row * extent + k]! * b[k * extent + column]!;
      return Math.fround(sum) * factor;
    }),
};

/** Adds 1 a thousand times, each time by a kernel of its own. */
export const thousandKernels: Plan = {
  buffers: [
    input(0),
    output,
    { role: 'temporary', dtype: 'float32', length, byteOffset: 0 },
    { role: 'temporary', dtype: 'float32', length, byteOffset: 4 * length },
  ],
  scalars: [],
  arenaByteLength: 8 * length,
  kernels: Array.from({ length: 1000 }, (_, step) => {
    const from = step === 0 ? 0 : 2 + (step % 2);
    const to = step === 999 ? 1 : 3 - (step % 2);
    return map(to, apply('add', load(from), { op: 'constant', dtype: 'float32', value: 1 }));
  }),
};

/** Loads from far behind the end of memory in the second half of the rows: all but thread 0 trap. */
export const trap: Plan = {
  buffers: [input(0), output, { role: 'temporary', dtype: 'float32', length, byteOffset: 0 }],
  scalars: [],
  arenaByteLength: 4 * length,
  kernels: [
    map(2, load(0, integer('mul', integer('floorDiv', position, length / 2), 2 ** 28))),
    map(1, load(2)),
  ],
};
