import { beforeEach, describe, expect, it } from 'vitest';
import {
  compile,
  concat,
  inspectPlan,
  ones,
  planOf,
  relu,
  setDefaultDevice,
  softmax,
  summarizePlan,
  tensor,
  topologicalOrder,
  Variable,
  type Device,
  type Plan,
  type Tensor,
} from '../src/index.js';
import { interpreter, type InterpreterBackend } from './support/interpreter.js';

let device: Device & { backend: InterpreterBackend };

beforeEach(() => {
  device = interpreter();
  setDefaultDevice(device);
});

const matrix = (rows: number, columns: number): Tensor =>
  tensor(
    Float32Array.from({ length: rows * columns }, (_, i) => Math.sin(i + rows)),
    {
      shape: [rows, columns],
    },
  );
const kinds = (plan: Plan): string[] => plan.kernels.map(({ kind }) => kind);

describe('fusion', () => {
  it('makes one kernel of a chain with broadcasts and views', () => {
    const [x, row] = [matrix(3, 4), matrix(1, 4)];
    const y = x.add(row).transpose().mul(2).exp().reshape([2, 6]).flip(1);
    expect(kinds(planOf([y]))).toEqual(['map']);
  });

  it('makes one kernel of a dense layer', () => {
    const layer = relu(matrix(5, 4).matMul(matrix(3, 4).transpose()).add(matrix(1, 3)));
    expect(kinds(planOf([layer]))).toEqual(['reduce']);
    const compiling = interpreter({ kernels: ['map', 'reduce', 'scatterAdd', 'matMul'] });
    const plan = planOf([layer], { device: compiling });
    expect(kinds(plan)).toEqual(['matMul']);
    expect(plan.kernels[0]).toMatchObject({ left: { rowStride: 4 }, right: { rowStride: 1 } });
  });

  it('gives a reduction its producers as prologue and its consumers as epilogue', () => {
    const y = matrix(3, 4).mul(2).sub(1).square().sum(1).sqrt().add(1);
    expect(kinds(planOf([y]))).toEqual(['reduce']);
  });

  it('lets nothing but movement into a reduction that would compute it again', () => {
    const [x, w] = [matrix(3, 1), matrix(1, 4)];
    const outer = x.exp().mul(w).sum(0);
    expect(kinds(planOf([outer]))).toEqual(['map', 'reduce']);
    const moved = matrix(4, 3).transpose().broadcastTo([5, 3, 4]).sum(1);
    expect(kinds(planOf([moved]))).toEqual(['reduce']);
  });

  it('stores what is expensive and shared, recomputes what is cheap', () => {
    const x = matrix(3, 4);
    const expensive = x.exp();
    const stored = planOf([expensive.sum(0), expensive.sum(1)]);
    expect(summarizePlan(stored)).toMatchObject({ kernels: 3, temporaries: 1 });
    const cheap = x.mul(2);
    expect(summarizePlan(planOf([cheap.sum(0), cheap.sum(1)]))).toMatchObject({
      kernels: 2,
      temporaries: 0,
    });
  });

  it('stores a root that a broadcast would repeat, and recomputes what it scales', () => {
    const x = matrix(3, 4);
    const inverse = x.square().sum(1, { keepDims: true }).add(1e-5).sqrt().reciprocal();
    const scaled = x.mul(inverse);
    const plan = planOf([scaled.sum(0), scaled.exp()]);
    expect(kinds(plan)).toEqual(['reduce', 'reduce', 'map']);
    expect(summarizePlan(plan)).toMatchObject({ temporaries: 1, temporaryBytes: 12 });
  });

  it('makes one pass of an optimiser update, its gradient included', async () => {
    const [w, m, v] = [ones([4]), ones([4]), ones([4])].map((each) => new Variable(each));
    const step = compile((x: Tensor) => {
      const gradient = x.sum(0);
      m!.assign(m!.value.mul(0.9).add(gradient.mul(0.1)));
      v!.assign(v!.value.mul(0.99).add(gradient.square().mul(0.01)));
      w!.assign(w!.value.sub(m!.value.mul(0.1).div(v!.value.sqrt().add(1e-8))));
    });
    const plan = step.plan(matrix(3, 4));
    expect(kinds(plan)).toEqual(['reduce']);
    expect(plan.buffers.filter((each) => each.role === 'input' && each.written)).toHaveLength(3);
    await step(ones([3, 4]));
    const expected = 1 - (0.1 * 1.2) / Math.sqrt(0.99 + 0.09);
    expect((await w!.data())[0]).toBeCloseTo(expected, 5);
  });

  it('joins sums over the same values into one reduction', () => {
    const x = matrix(6, 5);
    expect(kinds(planOf([x.sum(0), x.square().sum(0)]))).toEqual(['reduce']);
  });

  it('copies operands only when no strides describe them', () => {
    const x = matrix(4, 6);
    const views = [x.transpose(), x.slice([1, 0], [2, 6]).transpose(), x.reshape([6, 4])];
    for (const view of views)
      expect(planOf([view.matMul(matrix(view.shape[1]!, 2))]).kernels).toHaveLength(1);
    expect(planOf([x.flip(1).matMul(matrix(6, 2))]).kernels).toHaveLength(2);
  });
});

describe('limits of a backend', () => {
  it('several outputs are split where a kernel may have one', async () => {
    const single = interpreter({ multipleOutputs: false });
    const x = matrix(3, 4);
    const outputs = [x.exp(), x.exp().mul(2), x.sum(0), x.square().sum(0)];
    for (const { kernels } of [planOf(outputs, { device: single })]) {
      for (const kernel of kernels) {
        if ('outputs' in kernel) expect(kernel.outputs).toHaveLength(1);
      }
    }
  });

  it('kernels touch no more buffers than allowed', async () => {
    const narrow = interpreter({ maximumBuffersPerKernel: 4 });
    setDefaultDevice(narrow);
    const parts = Array.from({ length: 20 }, (_, i) => tensor([i, 2 * i]));
    const total = parts.map((part, i) => part.mul(parts[(i + 1) % 20]!)).reduce((a, b) => a.add(b));
    for (const kernel of planOf([total]).kernels) {
      const buffers = new Set(JSON.stringify(kernel).match(/"buffer":\d+/g));
      expect(buffers.size).toBeLessThanOrEqual(4);
    }
    const expected = parts.reduce((sum, _, i) => sum + i * ((i + 1) % 20), 0);
    expect(await total.toArray()).toEqual([expected, 4 * expected]);
  });
});

describe('plans are cached by structure', () => {
  it('without constant values, shapes included', async () => {
    const x = tensor([1, 2]);
    expect(await x.mul(2).add(1).toArray()).toEqual([3, 5]);
    expect(await x.mul(7).add(-1).toArray()).toEqual([6, 13]);
    expect(device.backend.compiled).toBe(1);
    await tensor([1, 2, 3]).mul(2).add(1).data();
    expect(device.backend.compiled).toBe(2);
  });

  it('attributes count: infinities are not mistaken for each other', async () => {
    const x = tensor([1]);
    const padded = [Infinity, -Infinity, NaN, -0].map((value) => x.pad([1], [0], value));
    const values = await Promise.all(padded.map(async (each) => (await each.data())[0]));
    expect(values).toEqual([Infinity, -Infinity, NaN, -0]);
  });

  it('a bounded number of them, and those evicted are disposed', async () => {
    for (let size = 1; size <= 300; size++) await ones([size]).add(1).sum().data();
    expect(device.plans.size).toBe(256);
  });
});

describe('large graphs', () => {
  const length = 100_000;

  it('a chain of 100,000 operations', async () => {
    const step = compile((x: Tensor) => {
      let y = x;
      for (let i = 0; i < length; i++) y = y.add(1);
      return y;
    });
    expect(await (await step([0, 1])).toArray()).toEqual([length, length + 1]);
  });

  it('a chain of 100,000 movements', async () => {
    const step = compile((x: Tensor) => {
      let y = x;
      for (let i = 0; i < length; i++) y = y.flip();
      return y;
    });
    expect(await (await step([1, 2])).toArray()).toEqual([1, 2]);
  });

  it('one tensor used 100,000 times', async () => {
    const step = compile((x: Tensor) => {
      let y = x;
      for (let i = 1; i < length; i++) y = y.add(x);
      return y;
    });
    expect(await (await step([1])).toArray()).toEqual([length]);
  });

  it('a tree over 4,096 tensors', async () => {
    let level = Array.from({ length: 4096 }, (_, i) => tensor([i]));
    const pair = (list: Tensor[], i: number): Tensor => list[2 * i]!.add(list[2 * i + 1]!);
    while (level.length > 1) level = level.slice(0, level.length / 2).map((_, i) => pair(level, i));
    expect(await level[0]!.toArray()).toEqual([(4096 * 4095) / 2]);
    expect(
      await concat(Array.from({ length: 50 }, (_, i) => tensor([i])))
        .sum()
        .item(),
    ).toBe(1225);
  });

  it('a pending chain realises itself before it grows without bound', async () => {
    let y = tensor([0]);
    for (let i = 0; i < 25_000; i++) y = y.add(1);
    expect(topologicalOrder([y.node], (node) => node.pendingInputs).length).toBeLessThan(21_000);
    expect(await y.toArray()).toEqual([25_000]);
  });
});

describe('inspecting', () => {
  it('shows kernels, expressions, buffers and bytes', () => {
    const text = inspectPlan(planOf([softmax(matrix(2, 3))]));
    expect(text.split('\n')[0]).toBe(
      '4 kernels, 3 temporaries in an arena of 512 bytes (40 unshared)',
    );
    expect(text).toContain('in0: float32 x 6, 24 bytes');
    expect(text).toContain('reduce [2] over [3]  max');
    expect(text).toContain('exp((in0[((i * 3) + j)] - tmp0[i]))');
  });

  it('shows times beside the kernels that they belong to', () => {
    const plan = planOf([softmax(matrix(2, 3))]);
    const times = plan.kernels.map((_, kernel) => ({
      calls: kernel === 3 ? 0 : 2,
      milliseconds: 3 * kernel,
      waitMilliseconds: 0,
    }));
    const heads = inspectPlan(plan, times)
      .split('\n')
      .filter((line) => /^\d/.test(line) && !line.includes('temporaries'))
      .map((line) => line.split('  ').at(-1));
    expect(heads).toEqual([
      '0.000 ms (0.0%)',
      '1.500 ms (16.7%)',
      '3.000 ms (33.3%)',
      '(has not run)',
    ]);
  });

  it('without fusion every operation is a kernel', () => {
    const y = matrix(2, 3).add(1).mul(2).exp();
    expect(planOf([y], { fuse: false }).kernels).toHaveLength(3);
  });
});
