import { threefry2x32 } from '@gradus/random';
import type { Expression, MatMulKernel, ReductionOperation } from '@gradus/core/backend';
import { checkEqual } from '../assertions.js';
import { expression, plan, planBuffers, runPlan } from '../plans.js';
import type { BackendTests } from '../suite.js';

const { apply, constant, index, load, reduced, scalar } = expression;
const add = (...inputs: readonly Expression[]): Expression => apply('add', 'float32', ...inputs);
const times = (value: Expression, by: number): Expression =>
  apply('mul', 'int32', value, constant(by));

const map = (shape: readonly number[], ...outputs: readonly (readonly [number, Expression])[]) =>
  ({
    kind: 'map',
    name: 'map',
    shape,
    outputs: outputs.map(([buffer, value]) => ({ buffer, value })),
  }) as const;

/** Kernels written by hand, so that nothing depends on what the planner happens to emit. */
export function kernels(tests: BackendTests): void {
  const { backend } = tests.device;
  const same = (
    what: string,
    got: readonly number[] | undefined,
    expected: readonly number[],
  ): void => checkEqual(what, got?.join(), expected.join());

  tests.test('map: a buffer updated in place', async () => {
    const value = add(apply('mul', 'float32', load(0, index(0)), scalar(0)), load(1, index(0)));
    const compiled = plan(
      planBuffers([{ length: 3, written: true }, { length: 3 }]),
      [map([3], [0, value])],
      { scalars: ['float32'] },
    );
    const inputs = [Float32Array.of(1, 2, 3), Float32Array.of(10, 20, 30)];
    const { written } = await runPlan(backend, compiled, inputs, [2]);
    same('the buffer', written[0], [12, 24, 36]);
  });
  tests.test(
    'map: two buffers exchange their elements',
    async () => {
      const compiled = plan(
        planBuffers([
          { length: 3, written: true },
          { length: 3, written: true },
        ]),
        [map([3], [0, load(1, index(0))], [1, load(0, index(0))])],
      );
      const inputs = [Float32Array.of(1, 2, 3), Float32Array.of(4, 5, 6)];
      const { written } = await runPlan(backend, compiled, inputs);
      same('the first', written[0], [4, 5, 6]);
      same('the second', written[1], [1, 2, 3]);
    },
    { multipleOutputs: true },
  );
  tests.test('map: a false mask gives 0 and touches no memory', async () => {
    const place = apply('add', 'int32', index(0), constant(-1_000_000));
    const mask = apply('less', 'bool', index(0), constant(0));
    const compiled = plan(planBuffers([{ length: 2 }], [{ length: 4 }]), [
      map([4], [1, add(load(0, place, 'float32', mask), constant(5, 'float32'))]),
    ]);
    const { outputs } = await runPlan(backend, compiled, [Float32Array.of(1, 2)]);
    same('the output', outputs[0], [5, 5, 5, 5]);
  });
  tests.test('map: index arithmetic divides, takes remainders, goes backwards', async () => {
    // Row i, column j of a transposed and flipped 3 × 2 matrix stored with a gap.
    const position = apply('add', 'int32', times(index(0), -1), times(index(1), 3));
    const first = load(0, apply('add', 'int32', position, constant(1)));
    const flat = apply('add', 'int32', times(index(0), 3), index(1));
    const second = load(0, apply('mod', 'int32', flat, constant(4)));
    const third = load(0, apply('floorDiv', 'int32', flat, constant(2)));
    const compiled = plan(planBuffers([{ length: 8 }], [{ length: 6 }]), [
      map([2, 3], [1, add(first, add(second, third))]),
    ]);
    const { outputs } = await runPlan(backend, compiled, [
      Float32Array.of(1, 2, 4, 8, 16, 32, 64, 128),
    ]);
    same('the output', outputs[0], [
      2 + 1 + 1,
      16 + 2 + 1,
      128 + 4 + 2,
      1 + 8 + 2,
      8 + 1 + 4,
      64 + 2 + 4,
    ]);
  });
  tests.test('map: scalars of every dtype', async () => {
    const compiled = plan(
      planBuffers(
        [],
        [
          { length: 1, dtype: 'float32' },
          { length: 1, dtype: 'int32' },
          { length: 1, dtype: 'uint32' },
          { length: 1, dtype: 'bool' },
        ],
      ),
      [
        map([1], [0, scalar(0)]),
        map([1], [1, scalar(1, 'int32')]),
        map([1], [2, scalar(2, 'uint32')]),
        map([1], [3, scalar(3, 'bool')]),
      ],
      { scalars: ['float32', 'int32', 'uint32', 'bool'] },
    );
    const { outputs } = await runPlan(backend, compiled, [], [0.5, -7, 4294967295, 1]);
    same('the scalars', outputs.flat(), [0.5, -7, 4294967295, 1]);
  });
  tests.test('map: both words of Threefry', async () => {
    const inputs = [1, 2, 3].map((each) => constant(each * 0x1234567, 'uint32'));
    const counter = apply('cast', 'uint32', index(0));
    const word = (which: 0 | 1): Expression => ({
      op: 'threefry',
      dtype: 'uint32',
      inputs: [...inputs, counter],
      word: which,
    });
    const uint32 = { length: 3, dtype: 'uint32' } as const;
    const compiled = plan(planBuffers([], [uint32, uint32]), [
      map([3], [0, word(0)]),
      map([3], [1, word(1)]),
    ]);
    const { outputs } = await runPlan(backend, compiled, []);
    const expected = [0, 1, 2].map((each) => threefry2x32(0x1234567, 0x2468ace, 0x369d035, each));
    same(
      'first words',
      outputs[0],
      expected.map(([first]) => first),
    );
    same(
      'second words',
      outputs[1],
      expected.map(([, second]) => second),
    );
  });

  tests.test('reduce: an epilogue reads the reductions and memory', async () => {
    const value = load(0, apply('add', 'int32', times(index(0), 3), index(1)));
    const compiled = plan(planBuffers([{ length: 6 }, { length: 2 }], [{ length: 2 }]), [
      {
        kind: 'reduce',
        name: 'sum+max',
        shape: [2],
        reduceShape: [3],
        reductions: [
          { operation: 'sum', dtype: 'float32', value },
          { operation: 'max', dtype: 'float32', value },
        ],
        outputs: [{ buffer: 2, value: add(add(reduced(0), reduced(1)), load(1, index(0))) }],
      },
    ]);
    const inputs = [Float32Array.of(1, 5, 2, -3, -1, -2), Float32Array.of(100, 200)];
    const { outputs } = await runPlan(backend, compiled, inputs);
    same('the output', outputs[0], [8 + 5 + 100, -6 - 1 + 200]);
  });
  tests.test('reduce: over two axes, argMax counts in row-major order', async () => {
    const position = apply('add', 'int32', times(index(1), 3), index(2));
    const at = apply('add', 'int32', times(index(0), 6), position);
    const compiled = plan(planBuffers([{ length: 12 }], [{ length: 2, dtype: 'int32' }]), [
      {
        kind: 'reduce',
        name: 'argMax',
        shape: [2],
        reduceShape: [2, 3],
        reductions: [{ operation: 'argMax', dtype: 'int32', value: load(0, at) }],
        outputs: [{ buffer: 1, value: reduced(0, 'int32') }],
      },
    ]);
    const values = Float32Array.of(0, 1, 2, 9, 9, 3, 7, 7, 7, 7, 7, 7);
    const { outputs } = await runPlan(backend, compiled, [values]);
    same('the positions', outputs[0], [3, 0]);
  });
  tests.test('reduce: nothing to reduce', async () => {
    const operations: readonly ReductionOperation[] = ['sum', 'product', 'max', 'min'];
    const compiled = plan(
      planBuffers(
        [],
        [...operations, ...operations].map((_, position) => ({
          length: 2,
          dtype: position < 4 ? ('float32' as const) : ('int32' as const),
        })),
      ),
      [...operations, ...operations].map((operation, buffer) => {
        const dtype = buffer < 4 ? 'float32' : 'int32';
        return {
          kind: 'reduce',
          name: operation,
          shape: [2],
          reduceShape: [0],
          reductions: [{ operation, dtype, value: constant(1, dtype) }],
          outputs: [{ buffer, value: reduced(0, dtype) }],
        };
      }),
    );
    const { outputs } = await runPlan(backend, compiled, []);
    const [least, greatest] = [-(2 ** 31), 2 ** 31 - 1];
    same(
      'the identities',
      outputs.map(([first]) => first!),
      [0, 1, -Infinity, Infinity, 0, 1, least, greatest],
    );
  });

  tests.test('scatterAdd: starts from zero, adds repeatedly, skips what lies outside', async () => {
    const compiled = plan(
      planBuffers([{ length: 6, dtype: 'int32' }, { length: 6 }], [{ length: 3 }]),
      [
        {
          kind: 'scatterAdd',
          name: 'scatterAdd',
          shape: [6],
          index: load(0, index(0), 'int32'),
          value: load(1, index(0)),
          buffer: 2,
        },
      ],
    );
    const inputs = [Int32Array.of(0, 2, 0, -1, 3, 2), Float32Array.of(1, 2, 4, 8, 16, 32)];
    const { outputs } = await runPlan(backend, compiled, inputs);
    same('the output', outputs[0], [5, 0, 34]);
  });
  tests.test('temporaries: kernels hand values on through the arena', async () => {
    const one = constant(1, 'float32');
    const compiled = plan(
      planBuffers(
        [{ length: 3 }],
        [{ length: 3 }],
        [
          { length: 3, byteOffset: 0 },
          { length: 3, byteOffset: 256 },
        ],
      ),
      [
        map([3], [2, add(load(0, index(0)), one)]),
        map(
          [3],
          [3, add(load(2, index(0)), load(2, apply('sub', 'int32', constant(2), index(0))))],
        ),
        map([3], [2, add(load(3, index(0)), one)]),
        map([3], [1, add(load(2, index(0)), load(3, index(0)))]),
      ],
      { arenaByteLength: 512 },
    );
    const { outputs } = await runPlan(backend, compiled, [Float32Array.of(1, 2, 4)]);
    same('the output', outputs[0], [15, 13, 15]);
  });
  tests.test(
    'matMul, where the backend compiles it: offsets, transposes, shared batches',
    async () => {
      if (!tests.capabilities.kernels.includes('matMul')) return;
      const kernel: MatMulKernel = {
        kind: 'matMul',
        name: 'matMul',
        dtype: 'float32',
        shape: [2, 2, 2],
        depth: 3,
        left: { buffer: 0, offset: 1, batchStrides: [6], rowStride: 3, columnStride: 1 },
        right: { buffer: 1, offset: 2, batchStrides: [0], rowStride: 1, columnStride: 3 },
        outputs: [{ buffer: 3, value: add(reduced(0), load(2, index(2))) }],
      };
      const compiled = plan(
        planBuffers([{ length: 13 }, { length: 8 }, { length: 2 }], [{ length: 8 }]),
        [kernel],
      );
      const inputs = [
        Float32Array.of(99, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12),
        Float32Array.of(99, 99, 1, 0, -1, 2, 1, 0),
        Float32Array.of(100, 200),
      ];
      const { outputs } = await runPlan(backend, compiled, inputs);
      same('the output', outputs[0], [98, 204, 98, 213, 98, 222, 98, 231]);
    },
  );
}
