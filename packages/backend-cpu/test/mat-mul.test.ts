import { describe, expect, it } from 'vitest';
import * as fc from 'fast-check';
import {
  sizeOf,
  stridesOf,
  type DataType,
  type Expression,
  type MatMulKernel,
} from '@gradus/core/backend';
import { index, load, operation, planOf, reduced, scalar, strided } from './support/build.js';
import { evaluateAt, pointsOf } from './support/reference.js';
import { modes, runPlan } from './support/run.js';

interface Case {
  readonly batch: readonly number[];
  readonly rows: number;
  readonly columns: number;
  readonly depth: number;
  readonly dtype?: DataType;
  readonly transposeLeft?: boolean;
  readonly transposeRight?: boolean;
  /** Whether all batches share one right matrix. */
  readonly shared?: boolean;
  readonly epilogue?: Expression[];
  /** Changes the numbers, which lie between −1.001 and 1.001. */
  readonly transform?: (value: number) => number;
}

/** Runs a product of matrices of small numbers and compares with a loop in double precision. */
function check(options: Case, generateCode: boolean): void {
  const { batch, rows, columns, depth, dtype = 'float32', shared = false } = options;
  const { transposeLeft = false, transposeRight = false } = options;
  const batches = sizeOf(batch);
  const offset = 3;
  const matrix = (
    buffer: number,
    high: number,
    wide: number,
    transposed: boolean,
    flat: boolean,
  ) => ({
    buffer,
    offset,
    batchStrides: stridesOf(batch).map((stride) => (flat ? 0 : stride * high * wide)),
    rowStride: transposed ? 1 : wide,
    columnStride: transposed ? high : 1,
  });
  const shape = [...batch, rows, columns];
  const epilogue = options.epilogue ?? [reduced(0, dtype)];
  const kernel: MatMulKernel = {
    kind: 'matMul',
    name: 'product',
    dtype,
    shape,
    depth,
    left: matrix(0, rows, depth, transposeLeft, false),
    right: matrix(1, depth, columns, transposeRight, shared),
    outputs: epilogue.map((value, position) => ({ buffer: 3 + position, value })),
  };
  const lengths = [
    offset + batches * rows * depth,
    offset + (shared ? 1 : batches) * depth * columns,
    columns,
  ];
  const plan = planOf(
    [
      ...lengths.map((length) => ({ role: 'input', length, dtype }) as const),
      ...epilogue.map(
        (value) => ({ role: 'output', length: sizeOf(shape), dtype: value.dtype }) as const,
      ),
    ],
    [kernel],
    [dtype],
  );
  const fraction = dtype.startsWith('float') ? 1000 : 1;
  const buffers = lengths.map((length, position) =>
    Array.from({ length }, (_, i) => {
      const value = ((((i + 1) * (7919 + 104 * position)) % 2003) - 1001) / fraction;
      if (dtype === 'float32') return Math.fround(options.transform?.(value) ?? value);
      return dtype === 'int32' || dtype === 'float64' ? value * 1001 : Math.abs(value) % 251;
    }),
  );
  const scalars = [2];
  const points = pointsOf(shape);
  const products = points.map((point) => {
    const at = (operand: MatMulKernel['left'], row: number, column: number): number => {
      let position = operand.offset + row * operand.rowStride + column * operand.columnStride;
      batch.forEach((_, axis) => (position += point[axis]! * operand.batchStrides[axis]!));
      return buffers[operand.buffer]![position]!;
    };
    const [row, column] = point.slice(-2) as [number, number];
    let sum = 0;
    for (let k = 0; k < depth; k++) {
      const [left, right] = [at(kernel.left, row, k), at(kernel.right, k, column)];
      sum = dtype.startsWith('float') ? sum + left * right : (sum + Math.imul(left, right)) | 0;
    }
    return evaluateAt(
      operation('add', dtype, reduced(0), { op: 'constant', dtype, value: 0 }),
      [],
      {
        buffers: [],
        reduced: [sum],
      },
    );
  });
  const expected = epilogue.map((value) =>
    points.map((point, position) =>
      evaluateAt(value, point, { buffers, scalars, reduced: [products[position]!] }),
    ),
  );
  expect(runPlan(plan, buffers, scalars, generateCode).outputs).toEqual(expected);
}

const orientations = [
  { transposeLeft: false, transposeRight: false },
  { transposeLeft: true, transposeRight: false },
  { transposeLeft: false, transposeRight: true },
  { transposeLeft: true, transposeRight: true },
];

describe.each(modes)('matMul with %s', (_, generateCode) => {
  it.each(orientations)('crosses every block border: %o', (orientation) => {
    check({ batch: [], rows: 70, columns: 261, depth: 5, ...orientation }, generateCode);
    check({ batch: [], rows: 70, columns: 5, depth: 515, ...orientation }, generateCode);
    check({ batch: [], rows: 5, columns: 259, depth: 515, ...orientation }, generateCode);
  });

  it.each(['float32', 'float64', 'int32', 'uint32', 'uint8'] as const)('multiplies %s', (dtype) => {
    for (const orientation of orientations) {
      check({ batch: [], rows: 5, columns: 7, depth: 9, dtype, ...orientation }, generateCode);
      check({ batch: [2], rows: 1, columns: 6, depth: 3, dtype, ...orientation }, generateCode);
    }
  });

  it('sums nothing when the depth is 0, and has nothing to do without rows or columns', () => {
    for (const dtype of ['float32', 'int32'] as const) {
      check({ batch: [], rows: 5, columns: 6, depth: 0, dtype }, generateCode);
      check({ batch: [], rows: 0, columns: 6, depth: 2, dtype }, generateCode);
      check({ batch: [], rows: 5, columns: 0, depth: 2, dtype }, generateCode);
      check({ batch: [3, 0], rows: 2, columns: 2, depth: 2, dtype }, generateCode);
    }
  });

  it('finishes each block with bias, activation, batch coordinates and several outputs', () => {
    const biased = operation('add', 'float32', reduced(0), load(2, index(2)));
    const epilogue = [
      operation('relu', 'float32', biased),
      operation('less', 'bool', { op: 'constant', dtype: 'float32', value: 0 }, biased),
      operation('mul', 'float32', scalar(0), operation('cast', 'float32', strided([100, 10, 1]))),
    ];
    check({ batch: [2], rows: 66, columns: 5, depth: 3, epilogue }, generateCode);
  });

  it('multiplies NaN and infinity, packed or not', () => {
    const not = (value: number): number => (value > 0.9 ? Infinity : value < -0.9 ? NaN : value);
    check({ batch: [], rows: 6, columns: 7, depth: 5, transform: not }, generateCode);
    check({ batch: [], rows: 2, columns: 7, depth: 5, transform: not }, generateCode);
  });

  it('gives the same bits for any shape, strides and batch as one loop', () => {
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: 1, max: 3 }), { maxLength: 2 }),
        fc.integer({ min: 1, max: 11 }),
        fc.integer({ min: 1, max: 11 }),
        fc.integer({ min: 1, max: 20 }),
        fc.constantFrom('float32' as const, 'float64' as const, 'int32' as const, 'uint8' as const),
        fc.boolean(),
        fc.boolean(),
        fc.boolean(),
        (batch, rows, columns, depth, dtype, transposeLeft, transposeRight, shared) =>
          check(
            { batch, rows, columns, depth, dtype, transposeLeft, transposeRight, shared },
            generateCode,
          ),
      ),
      { numRuns: 150 },
    );
  });
});
