import { describe, expect, it } from 'vitest';
import * as fc from 'fast-check';
import {
  roundTo,
  scalarFunction,
  sizeOf,
  type DataType,
  type Expression,
  type Reduction,
  type ReductionOperation,
  type ReduceKernel,
} from '@gradus/core/backend';
import { constant, index, load, operation, planOf, reduced, strided } from './support/build.js';
import { evaluateAt, pointsOf } from './support/reference.js';
import { edgeValues, modes, runPlan } from './support/run.js';

const operations: readonly ReductionOperation[] = [
  'sum',
  'product',
  'max',
  'min',
  'argMax',
  'argMin',
];

/** One reduction as the contract words it, over `values` in row-major order. */
function reduceReference({ operation: name, dtype, value }: Reduction, values: number[]): number {
  if (name === 'argMax' || name === 'argMin') {
    const nan = values.findIndex(Number.isNaN);
    const best = name === 'argMax' ? Math.max(...values) : Math.min(...values);
    return Math.max(nan >= 0 ? nan : values.findIndex((candidate) => candidate === best), 0);
  }
  const wide = dtype === 'float32' ? 'float64' : dtype;
  const combine = scalarFunction(
    ({ sum: 'add', product: 'mul', max: 'maximum', min: 'minimum' } as const)[name],
    wide,
  );
  const extremes: Partial<Record<DataType, [number, number]>> = {
    int32: [-2147483648, 2147483647],
    uint32: [0, 4294967295],
    uint8: [0, 255],
    bool: [0, 1],
  };
  const [least, greatest] = extremes[value.dtype] ?? [-Infinity, Infinity];
  const start = { sum: 0, product: 1, max: least, min: greatest }[name];
  return roundTo[dtype](values.reduce((sum, next) => combine(sum, next), start));
}

/** Runs `kernel` over input buffers and checks every output against the definitions. */
function check(
  kernel: Omit<ReduceKernel, 'kind' | 'name' | 'outputs'> & { readonly epilogue?: Expression[] },
  inputs: readonly { dtype: DataType; values: readonly number[] }[],
  generateCode: boolean,
): void {
  const { shape, reduceShape, reductions } = kernel;
  const values =
    kernel.epilogue ?? reductions.map(({ dtype }, position) => reduced(position, dtype));
  const outputs = values.map((value, position) => ({ buffer: inputs.length + position, value }));
  const length = sizeOf(shape);
  const plan = planOf(
    [
      ...inputs.map(({ dtype, values: { length } }) => ({ role: 'input', length, dtype }) as const),
      ...values.map(({ dtype }) => ({ role: 'output', length, dtype }) as const),
    ],
    [{ kind: 'reduce', name: 'reduce', shape, reduceShape, reductions, outputs }],
  );
  const buffers = inputs.map((input) => input.values);
  const expected = outputs.map(({ value }) =>
    pointsOf(shape).map((point) => {
      const results = reductions.map((reduction) =>
        reduceReference(
          reduction,
          pointsOf(reduceShape).map((inner) =>
            evaluateAt(reduction.value, [...point, ...inner], { buffers }),
          ),
        ),
      );
      return evaluateAt(value, point, { buffers, reduced: results });
    }),
  );
  expect(runPlan(plan, buffers, [], generateCode).outputs).toEqual(expected);
}

const spread = (length: number): number[] =>
  Array.from({ length }, (_, i) => Math.fround(Math.sin(i * i) * 10 ** ((i % 7) - 3)));

describe.each(modes)('reduce with %s', (_, generateCode) => {
  describe.each(Object.keys(edgeValues) as (keyof typeof edgeValues)[])('of %s', (dtype) => {
    it.each(operations)('%s of edge values, rows and columns', (name) => {
      const values = edgeValues[dtype];
      const rotated = [...values, ...values.slice(1), values[0]!, ...values.slice().reverse()];
      const result = name.startsWith('arg') ? 'int32' : dtype;
      const along = (strides: number[]): Reduction => ({
        operation: name,
        dtype: result,
        value: load(0, strided(strides), dtype),
      });
      const input = [{ dtype, values: rotated }];
      const [rows, columns] = [3, values.length];
      check(
        { shape: [rows], reduceShape: [columns], reductions: [along([columns, 1])] },
        input,
        generateCode,
      );
      check(
        { shape: [columns], reduceShape: [rows], reductions: [along([1, columns])] },
        input,
        generateCode,
      );
      // Single values, so that no NaN hides the others.
      check(
        { shape: [rotated.length], reduceShape: [1], reductions: [along([1, 0])] },
        input,
        generateCode,
      );
    });

    it.each(operations)('%s of nothing', (name) => {
      const result = name.startsWith('arg') ? 'int32' : dtype;
      const reduction: Reduction = {
        operation: name,
        dtype: result,
        value: load(0, strided([0, 2]), dtype),
      };
      const columns: Reduction = { ...reduction, value: load(0, strided([1, 2]), dtype) };
      for (const reductions of [[reduction], [columns]]) {
        check({ shape: [2], reduceShape: [0], reductions }, [{ dtype, values: [] }], generateCode);
        check(
          { shape: [0], reduceShape: [2], reductions },
          [{ dtype, values: [1, 1, 1] }],
          generateCode,
        );
      }
    });
  });

  it('sums a whole tensor of float32 in double precision and rounds once', () => {
    const values = spread(4999);
    check(
      {
        shape: [],
        reduceShape: [4999],
        reductions: [{ operation: 'sum', dtype: 'float32', value: load(0, index(0)) }],
      },
      [{ dtype: 'float32', values }],
      generateCode,
    );
  });

  it('sums columns of more outputs than one block has', () => {
    const [rows, columns] = [3, 2500];
    const x = load(0, strided([1, columns]));
    check(
      {
        shape: [columns],
        reduceShape: [rows],
        reductions: [
          { operation: 'sum', dtype: 'float32', value: operation('mul', 'float32', x, x) },
          { operation: 'argMax', dtype: 'int32', value: x },
        ],
        epilogue: [
          operation('add', 'float32', operation('sqrt', 'float32', reduced(0)), load(1, index(0))),
          reduced(1, 'int32'),
        ],
      },
      [
        { dtype: 'float32', values: spread(rows * columns) },
        { dtype: 'float32', values: spread(columns) },
      ],
      generateCode,
    );
  });

  it('takes several reductions, of several axes, in one pass, with a prologue and an epilogue', () => {
    const x = load(0, strided([20, 4, 1]));
    const reduction = (name: ReductionOperation, value: Expression): Reduction => ({
      operation: name,
      dtype: name.startsWith('arg') ? 'int32' : 'float32',
      value,
    });
    const mean = operation('div', 'float32', reduced(0), constant(20));
    check(
      {
        shape: [3],
        reduceShape: [5, 4],
        reductions: [
          reduction('sum', x),
          reduction('sum', operation('mul', 'float32', x, x)),
          reduction('max', operation('abs', 'float32', x)),
          reduction('argMin', x),
        ],
        epilogue: [
          mean,
          operation(
            'sub',
            'float32',
            operation('div', 'float32', reduced(1), constant(20)),
            operation('mul', 'float32', mean, mean),
          ),
          operation('add', 'float32', reduced(2), load(1, index(0))),
          operation('mul', 'int32', reduced(3, 'int32'), index(0)),
        ],
      },
      [
        { dtype: 'float32', values: spread(60) },
        { dtype: 'float32', values: [1, 2, 3] },
      ],
      generateCode,
    );
  });

  it('reduces what does not depend on the reduced axes', () => {
    const value = load(0, index(0));
    check(
      {
        shape: [4],
        reduceShape: [3],
        reductions: operations.map((name) => ({
          operation: name,
          dtype: name.startsWith('arg') ? 'int32' : 'float32',
          value,
        })),
      },
      [{ dtype: 'float32', values: [NaN, -Infinity, 2, -3] }],
      generateCode,
    );
  });

  it('reduces random strided views, with ties and NaN', () => {
    const extents = fc.array(fc.integer({ min: 1, max: 4 }), { maxLength: 2 });
    fc.assert(
      fc.property(extents, extents, fc.infiniteStream(fc.nat(5)), (shape, reduceShape, numbers) => {
        const draw = (): number => Number(numbers.next().value);
        const space = [...shape, ...reduceShape];
        const strides = space.map(draw);
        const length =
          1 + space.reduce((sum, extent, axis) => sum + (extent - 1) * strides[axis]!, 0);
        const values = Array.from({ length }, () => [0, 1, -1, 2, -0, NaN][draw()]!);
        const offset = space.map((_, axis) => (draw() === 0 ? -strides[axis]! : strides[axis]!));
        const start = offset.reduce(
          (sum, stride, axis) => (stride < 0 ? sum - stride * (space[axis]! - 1) : sum),
          0,
        );
        const value = load(0, strided(offset, start));
        check(
          {
            shape,
            reduceShape,
            reductions: operations.map((name) => ({
              operation: name,
              dtype: name.startsWith('arg') ? 'int32' : 'float32',
              value,
            })),
          },
          [{ dtype: 'float32', values }],
          generateCode,
        );
      }),
      { numRuns: 200 },
    );
  });
});
