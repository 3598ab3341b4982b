import { CpuBackend } from '@gradus/backend-cpu';
import {
  sizeOf,
  stridesOf,
  type DataType,
  type Expression,
  type ReduceKernel,
  type ReductionOperation,
} from '@gradus/core/backend';
import fc from 'fast-check';
import { afterAll, describe, expect, it } from 'vitest';
import type { WasmBackend } from '../../src/backend.js';
import { backendsOfThreads } from '../support/backends.js';
import { planOf, runPlan } from '@gradus/kernel-tests/run-plan';

const interpreter = new CpuBackend({ generateCode: false });
const backends = await backendsOfThreads();

afterAll(() => Object.values(backends).forEach((backend) => backend.dispose()));

/** A reduction of an array whose axes are those that stay and those that go, in any order. */
interface Reducing {
  readonly shape: readonly number[];
  readonly reduceShape: readonly number[];
  /** The axes as they lie in memory, outermost first. */
  readonly order: readonly number[];
  readonly operations: readonly ReductionOperation[];
  readonly dtype: DataType;
}

/**
 * Whole numbers with many ties, whose sums are exact in any order (for products ±1 and ±2), and for
 * floats NaN and infinities at times.
 */
function numbers({ dtype, operations }: Reducing, length: number, rarity: number): number[] {
  const isSigned = dtype === 'int32' || dtype === 'float32';
  const some = operations.includes('product') ? [1, 2, -1, 1] : [1, 4, 3, 2, -3, -4, -1];
  const values = isSigned ? some : some.map(Math.abs);
  return Array.from({ length }, (_, index) => {
    const draw = Math.imul(index + 1, 2654435761) >>> 7;
    const isSpecial = dtype === 'float32' && draw % rarity === 0;
    return isSpecial ? [NaN, Infinity, -Infinity][draw % 3]! : values[draw % values.length]!;
  });
}

const integer = (value: number): Expression => ({ op: 'constant', dtype: 'int32', value });

function kernelOf({ shape, reduceShape, order, operations, dtype }: Reducing): ReduceKernel {
  const extents = [...shape, ...reduceShape];
  const laidOut = stridesOf(order.map((axis) => extents[axis]!));
  const index = order
    .map((axis, place): Expression => {
      const coordinate: Expression = { op: 'index', dtype: 'int32', axis };
      return { op: 'mul', dtype: 'int32', inputs: [coordinate, integer(laidOut[place]!)] };
    })
    .reduce((sum, term): Expression => ({ op: 'add', dtype: 'int32', inputs: [sum, term] }));
  const load: Expression = { op: 'load', dtype, buffer: 0, index };
  const reductions = operations.map((operation) => {
    const result = operation.startsWith('arg') ? 'int32' : dtype;
    return { operation, dtype: result, value: load };
  });
  const here = shape.map((_, axis): Expression => ({ op: 'index', dtype: 'int32', axis }));
  // Each result, and something of where it is, in an output of its own.
  const outputs = reductions.map((reduction, position) => {
    const reduced: Expression = { op: 'reduced', dtype: reduction.dtype, position };
    const value = here.reduce<Expression>((sum, coordinate) => {
      const moved: Expression = { op: 'cast', dtype: reduction.dtype, inputs: [coordinate] };
      return { op: 'add', dtype: reduction.dtype, inputs: [sum, moved] };
    }, reduced);
    return { buffer: 1 + position, value };
  });
  return { kind: 'reduce', name: 'reduce', shape, reduceShape, reductions, outputs };
}

async function check(backend: WasmBackend, given: Reducing, rarity = 9): Promise<void> {
  const { shape, reduceShape, dtype } = given;
  const kernel = kernelOf(given);
  const length = sizeOf(shape) * sizeOf(reduceShape);
  const inputs = [{ dtype, length, values: numbers(given, length, rarity) }];
  const outputs = kernel.outputs.map(({ value }) => {
    return { dtype: value.dtype, length: sizeOf(shape) };
  });
  const plan = planOf(inputs, outputs, [kernel]);
  const own = await runPlan(backend, plan, inputs);
  expect(own).toEqual(await runPlan(interpreter, plan, inputs));
}

const reducing = (
  shape: readonly number[],
  reduceShape: readonly number[],
  operations: readonly ReductionOperation[] = ['sum', 'max'],
  options: { readonly order?: readonly number[]; readonly dtype?: DataType } = {},
): Reducing => {
  const rank = shape.length + reduceShape.length;
  const { order = Array.from({ length: rank }, (_, axis) => axis), dtype = 'float32' } = options;
  return { shape, reduceShape, order, operations, dtype };
};

const all = ['sum', 'max', 'min', 'argMax', 'argMin'] as const;

const cases: Readonly<Record<string, Reducing>> = {
  'the gradient of a bias': reducing([6], [20, 39], ['sum'], { order: [1, 0, 2] }),
  'what a batch normalisation needs': reducing([5], [20, 49], ['sum', 'sum'], { order: [1, 0, 2] }),
  'sums along axis 0': reducing([30], [100], ['sum'], { order: [1, 0] }),
  'rows of ten': reducing([33], [10], all),
  'long rows': reducing([3], [1003], all),
  'everything, with a rest': reducing([], [70_003], ['sum', 'max', 'argMin']),
  'few outputs of much': reducing([3], [90, 301], ['sum', 'argMax'], { order: [1, 0, 2] }),
  'few outputs side by side': reducing([2, 3], [9000], ['sum', 'argMax'], { order: [2, 0, 1] }),
  'few outputs, few lanes': reducing([2], [20_000, 3], ['sum', 'min']),
  products: reducing([7], [50], ['product']),
  'much of int32': reducing([2], [40_000], all, { dtype: 'int32' }),
  'much of uint8': reducing([], [60_001], ['max', 'min', 'argMax'], { dtype: 'uint8' }),
  nothing: reducing([3], [0], ['sum', 'max']),
};

const anyReducing = fc
  .record({
    shape: fc.array(fc.integer({ min: 1, max: 7 }), { maxLength: 2 }),
    reduceShape: fc.array(fc.integer({ min: 1, max: 40 }), { minLength: 1, maxLength: 2 }),
    operations: fc.oneof(
      fc.subarray([...all], { minLength: 1 }),
      fc.constant<ReductionOperation[]>(['product']),
    ),
    dtype: fc.constantFrom<DataType>('float32', 'int32', 'uint32', 'uint8'),
    ranks: fc.array(fc.nat(), { minLength: 4, maxLength: 4 }),
  })
  .map(({ ranks, ...rest }): Reducing => {
    const axes = Array.from({ length: rest.shape.length + rest.reduceShape.length }, (_, a) => a);
    return { ...rest, order: axes.toSorted((a, b) => ranks[a]! - ranks[b]!) };
  });

describe.each(Object.entries(backends))('reductions with %s', (_, backend) => {
  it.each(Object.entries(cases))('%s', async (_name, given) => {
    await check(backend, given, 1_000_003);
    await check(backend, given);
  });
});

it('shares out few sums of much in parts, whose rounding no number of threads changes', async () => {
  const kernel = kernelOf(reducing([2], [200, 300], ['sum'], { order: [1, 0, 2] }));
  const length = 2 * 200 * 300;
  const values = Array.from({ length }, (_, index) => Math.sin(index));
  const inputs = [{ dtype: 'float32', length, values }] as const;
  const plan = planOf(inputs, [{ dtype: 'float32', length: 2 }], [kernel]);
  const [alone, together] = [backends['one thread'], backends['three threads']];
  expect((await alone.compileSync(plan).source!())[0]).toContain('in_parts');
  expect(await runPlan(alone, plan, inputs)).toEqual(await runPlan(together, plan, inputs));
});

it('reduces along any axes as the interpreter does', async () => {
  await fc.assert(
    fc.asyncProperty(anyReducing, (given) => check(backends['one thread'], given)),
    { numRuns: 100 },
  );
});
