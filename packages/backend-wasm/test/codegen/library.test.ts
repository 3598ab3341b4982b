import { sizeOf, type Expression, type Kernel, type Plan } from '@gradus/core/backend';
import { describe, expect, it } from 'vitest';
import { PlanWriter } from '../../src/codegen/plan-writer.js';
import { conv2dKernel, passes, type Convolution } from '@gradus/kernel-tests/convolution';
import { planOf } from '@gradus/kernel-tests/run-plan';

const target = {
  memory: { initial: 1, maximum: 64 },
  threadByteLength: 65536,
  fusedMultiplyAdd: false,
  tableOffset: 0,
};

const noPadding = { top: 0, bottom: 0, left: 0, right: 0 };
const window = { kernel: [3, 3], stride: [1, 1], dilation: [1, 1], padding: noPadding } as const;
const convolution: Convolution = {
  images: [2, 3, 12, 12],
  outputs: 8,
  window: { ...window, groups: 1 },
};
const depthwise: Convolution = {
  images: [2, 3, 12, 12],
  outputs: 3,
  window: { ...window, groups: 3 },
};

const load: Expression = {
  op: 'load',
  dtype: 'float32',
  buffer: 0,
  index: { op: 'index', dtype: 'int32', axis: 0 },
};

/** A function of every element of buffer 0. */
function map(op: 'exp' | 'log' | 'tanh' | 'erf' | 'sin'): Kernel {
  const value: Expression = { op, dtype: 'float32', inputs: [load] };
  return { kind: 'map', name: op, shape: [1000], outputs: [{ buffer: 3, value }] };
}

const pooling: Kernel = {
  ...{ kind: 'pool2d', name: 'pool', dtype: 'float32', operation: 'max', buffer: 0 },
  ...{ images: [2, 3, 12, 12], shape: [2, 3, 10, 10], window },
  outputs: [{ buffer: 3, value: { op: 'reduced', dtype: 'float32', position: 0 } }],
};

function plan(kernel: Kernel): Plan {
  const floats = (length: number) => ({ dtype: 'float32', length }) as const;
  const shape = 'shape' in kernel ? kernel.shape : [];
  return planOf(
    [floats(10_000), floats(10_000), floats(10_000)],
    [floats(sizeOf(shape))],
    [kernel],
  );
}

describe('what nearly every plan is written with', () => {
  it.each([
    ...passes.map((pass) => conv2dKernel(pass, convolution)),
    ...(['exp', 'log', 'tanh'] as const).map(map),
  ])('has $name', (kernel) => {
    expect(new PlanWriter().writeSync(plan(kernel), target).bytes.length).toBeGreaterThan(0);
  });

  const seldom = [
    conv2dKernel('forward', depthwise),
    conv2dKernel('inputGradient', depthwise),
    pooling,
    ...(['erf', 'sin'] as const).map(map),
  ];
  it.each(seldom)('lacks $name, which is fetched', async (kernel) => {
    const writer = new PlanWriter();
    expect(() => writer.writeSync(plan(kernel), target)).toThrow();
    const { bytes } = await writer.write(plan(kernel), target);
    expect(WebAssembly.validate(bytes)).toBe(true);
    expect(writer.writeSync(plan(kernel), target).bytes).toEqual(bytes);
  });
});

it('is fetched for plans that are written at the same time', async () => {
  const writer = new PlanWriter();
  const plans = [plan(pooling), plan(map('sin'))];
  const written = await Promise.all(plans.map((each) => writer.write(each, target)));
  expect(written.every(({ bytes }) => WebAssembly.validate(bytes))).toBe(true);
});

it('leaves the error to the complete library', async () => {
  const value: Expression = { op: 'not', dtype: 'float32', inputs: [load] };
  const impossible = { ...map('exp'), outputs: [{ buffer: 3, value }] } as Kernel;
  const writing = new PlanWriter().write(plan(impossible), target);
  await expect(writing).rejects.toThrow('the WASM backend has no not of float32');
});
