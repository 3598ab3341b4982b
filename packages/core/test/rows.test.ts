import { beforeEach, describe, expect, it } from 'vitest';
import {
  compile,
  inspectPlan,
  logSoftmax,
  ones,
  planOf,
  realize,
  setDefaultDevice,
  softmax,
  tensor,
  Variable,
  type Capabilities,
  type Device,
  type Plan,
  type Tensor,
} from '../src/index.js';
import { interpreter } from './support/interpreter.js';

const kernels = ['map', 'reduce', 'scatterAdd', 'row'] as const;
const device = (more: Partial<Capabilities> = {}): Device => interpreter({ kernels, ...more });

beforeEach(() => setDefaultDevice(device()));

const matrix = (...shape: readonly number[]): Tensor => {
  const length = shape.reduce((a, b) => a * b);
  return tensor(
    Float32Array.from({ length }, (_, i) => ((i * 7) % 11) - 5),
    { shape },
  );
};

/** Each kernel: its kind, and for rows those of its phases. */
const kinds = (plan: Plan): string[] =>
  plan.kernels.map((kernel) =>
    kernel.kind === 'row' ? kernel.phases.map(({ kind }) => kind).join('+') : kernel.kind,
  );

const normalized = (x: Tensor, axes: number | readonly number[]): Tensor => {
  const centred = x.sub(x.mean(axes, { keepDims: true }));
  return centred.div(centred.square().mean(axes, { keepDims: true }).add(1e-5).sqrt());
};

/** What a graph evaluates to with rows, and without. */
async function expectSameValues(build: () => readonly Tensor[]): Promise<void> {
  const evaluate = async (on: Device): Promise<unknown> => {
    setDefaultDevice(on);
    const results = build();
    await realize(...results);
    return Promise.all(results.map((each) => each.data()));
  };
  expect(await evaluate(device())).toEqual(await evaluate(interpreter()));
}

describe('phases over common rows become one kernel', () => {
  it.each<[string, (x: Tensor) => Tensor, string]>([
    ['softmax', (x) => softmax(x), 'reduce+map+reduce+map'],
    ['softmax of sequences', (x) => softmax(x.reshape([2, 3, 4])), 'reduce+map+reduce+map'],
    [
      'softmax along an axis in the middle',
      (x) => softmax(x.reshape([2, 3, 4]), 1),
      'reduce+map+reduce+map',
    ],
    ['logSoftmax', (x) => logSoftmax(x), 'reduce+reduce+map'],
    ['normalisation', (x) => normalized(x, -1), 'reduce+reduce+map'],
    [
      'normalisation of images',
      (x) => normalized(x.reshape([2, 3, 4]), [1, 2]),
      'reduce+reduce+map',
    ],
  ])('%s', async (_, program, phases) => {
    expect(kinds(planOf([program(matrix(6, 4))]))).toEqual([phases]);
    await expectSameValues(() => [program(matrix(6, 4))]);
  });

  it('with results that others read, and with a variable updated in place', async () => {
    const step = async (on: Device): Promise<{ plan: string[]; values: unknown }> => {
      setDefaultDevice(on);
      const x = new Variable(matrix(6, 4));
      const update = compile(() => {
        const before = x.value;
        const greatest = before.max(1, { keepDims: true });
        x.assign(softmax(before));
        return [greatest, before.sub(greatest), x.value.sum(0)] as const;
      });
      const results = [...(await update()), x.value];
      return {
        plan: kinds(update.plan()),
        values: await Promise.all(results.map((each) => each.data())),
      };
    };
    const { plan, values } = await step(device());
    expect(plan).toEqual(['reduce+map+reduce+map', 'reduce']);
    expect(values).toEqual((await step(interpreter())).values);
  });

  it('overtaking what they have nothing to do with', () => {
    const exponentials = matrix(6, 4).exp();
    const sums = exponentials.sum(1, { keepDims: true });
    // In program order the total is the third of four kernels.
    const [total, shares] = [sums.log().sum(), exponentials.div(sums)];
    expect(kinds(planOf([total, shares], { device: interpreter() }))[2]).toBe('reduce');
    expect(kinds(planOf([total, shares]))).toEqual(['map+reduce+map', 'reduce']);
  });

  it('of two inputs', async () => {
    const program = (): Tensor => {
      const [x, y] = [matrix(6, 4), matrix(6, 5)];
      return x.mul(y.square().sum(1, { keepDims: true })).sub(x.max(1, { keepDims: true }));
    };
    expect(kinds(planOf([program()]))).toEqual(['reduce+reduce+map']);
    await expectSameValues(() => [program()]);
  });

  it('of an index space with fewer axes where the rows allow it, the same in all phases', () => {
    const [x, mask] = [matrix(2, 3, 5, 4), matrix(2, 1, 5, 4)];
    const [joined] = planOf([softmax(x)]).kernels;
    expect(joined).toMatchObject({ shape: [30] });
    const [apart] = planOf([softmax(x.add(mask))]).kernels;
    expect(apart).toMatchObject({ shape: [2, 3, 5] });
  });
});

describe('kernels stay apart', () => {
  it('where a row needs what belongs to another one', () => {
    const x = matrix(6, 6);
    expect(kinds(planOf([softmax(x, 0)]))).toEqual(['reduce', 'map', 'reduce', 'map']);
    expect(kinds(planOf([x.sub(x.sum(1))]))).toEqual(['reduce', 'map']);
    const flipped = x.sum(1, { keepDims: true }).flip(0);
    expect(kinds(planOf([x.sub(flipped)]))).toEqual(['reduce', 'map']);
    expect(kinds(planOf([x.sub(x.sum())]))).toEqual(['reduce', 'map']);
  });

  it('where nothing is reduced', () => {
    const x = matrix(6, 4);
    const root = x.slice([0, 0], [6, 1]).exp();
    expect(kinds(planOf([root, x.mul(root)]))).toEqual(['map', 'map']);
  });

  it('where threads would wait for each other', () => {
    const rows = (count: number): string[] => {
      const threads = { count: 3 };
      return kinds(planOf([softmax(matrix(count, 4))], { device: device({ threads }) }));
    };
    expect(rows(15)).toHaveLength(4);
    expect(rows(16)).toHaveLength(1);
    expect(kinds(planOf([softmax(matrix(1, 64))]))).toHaveLength(4);
  });

  it('where they would touch too many buffers together', () => {
    const few = device({ maximumBuffersPerKernel: 4 });
    expect(kinds(planOf([softmax(matrix(6, 4))], { device: few }))).toEqual([
      'reduce+map+reduce',
      'map',
    ]);
  });

  it('without fusion, and on a device that does not compile them', () => {
    expect(planOf([softmax(ones([6, 4]))], { fuse: false }).kernels.length).toBeGreaterThan(3);
    expect(planOf([softmax(ones([6, 4]))], { device: interpreter() }).kernels).toHaveLength(4);
  });
});

it('a plan shows the phases of a row', () => {
  const text = inspectPlan(planOf([logSoftmax(matrix(6, 4))]));
  expect(text).toContain('1. row [6]  3 phases\n   reduce [6] over [4]  max\n   r0 = max in0[');
});
