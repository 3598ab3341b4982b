import { cpu } from '@gradus/backend-cpu';
import { wasmSync } from '@gradus/backend-wasm';
import { ArgumentError } from '@gradus/core';
import { models } from '@gradus/models';
import { describe, expect, it } from 'vitest';
import {
  convolution,
  lenet,
  matrixProduct,
  measure,
  tensorFunction,
  trainingStep,
  workloads,
  type ConvolutionPass,
  type Workload,
} from '../src/index.js';

const device = wasmSync({ profile: true });
const reference = cpu();
const passes: readonly ConvolutionPass[] = ['forward', 'input-gradient', 'filter-gradient'];
const small = { rounds: 2, warmups: 1 };

const workload = (name: string): Workload => workloads.find((each) => each.name === name)!;

describe('workloads', () => {
  it('have names of their own, those of published tables among them', () => {
    const names = workloads.map(({ name }) => name);
    expect(new Set(names).size).toBe(names.length);
    expect(names).toEqual(
      expect.arrayContaining([
        ...['matmul-256', 'matmul-512', 'matmul-1024', 'step-mlp', 'step-lenet'],
        ...['step-conv-dropout', 'step-conv-bn-dropout', 'step-conv-large'],
      ]),
    );
  });

  it('count the multiplications and additions of a training step', () => {
    const products = [784 * 200, 200 * 100, 100 * 60, 60 * 30, 30 * 10];
    const all = products.reduce((total, each) => total + each, 0);
    // Forward, and both gradients; images need none.
    const expected = 2 * 100 * (3 * all - products[0]!);
    expect(workload('step-mlp').start(device, reference).operations).toBe(expected);
    // 24 filters of 5 × 5 see 24 × 24 places, 32 of 3 × 3 see 10 × 10.
    const [first, second] = [24 * 24 * 24 * 25, 32 * 10 * 10 * 24 * 9];
    const dense = 800 * 128 + 128 * 10;
    const step = trainingStep('lenet', lenet, '').start(device, reference);
    expect(step.operations).toBe(2 * 250 * (2 * first + 3 * second + 3 * dense));
  });
});

describe('measure', () => {
  it('times verified products, with the plan and the time of its kernels', async () => {
    const { compiled, ...result } = await measure(
      matrixProduct('product', 17, 33, 9),
      device,
      reference,
      { rounds: 3, warmups: 2 },
    );
    expect(result).toEqual({
      milliseconds: expect.any(Number),
      bestMilliseconds: expect.any(Number),
      gflops: (2 * 17 * 33 * 9) / result.milliseconds / 1e6,
      checksum: expect.any(Number),
      rounds: 3,
    });
    expect(result.milliseconds).toBeGreaterThanOrEqual(result.bestMilliseconds);
    expect(result.bestMilliseconds).toBeGreaterThan(0);
    expect(compiled.plan.kernels).toHaveLength(1);
    expect(compiled.profile).toMatchObject([{ kind: 'matMul', calls: 3 }]);
    expect(compiled.source[0]).toContain('(module');
  });

  it.each(passes)('times verified convolutions: %s', async (pass) => {
    for (const [kernel, stride] of [
      [3, 1],
      [4, 2],
      [5, 3],
    ] as const) {
      const sizes = { batch: 2, inChannels: 3, outChannels: 5, size: 9, kernel, stride };
      const { checksum } = await measure(convolution('c', pass, sizes), device, reference, small);
      const again = await measure(convolution('c', pass, sizes), reference, reference, small);
      expect(checksum).toBeCloseTo(again.checksum, 3);
      expect(checksum).not.toBe(0);
    }
  });

  it('times verified training steps', async () => {
    const { checksum, gflops } = await measure(workload('step-mlp'), device, reference, {
      rounds: 10,
      warmups: 2,
    });
    expect(gflops).toBeGreaterThan(0);
    expect(checksum).toBeGreaterThan(0);
    expect(checksum).toBeLessThan(10 * Math.log(10));
  });

  it('takes new inputs in every round', async () => {
    const started = matrixProduct('product', 3, 3, 3).start(device, reference);
    const results = [];
    for (const round of [0, 1, 0]) results.push([...(await started.prepare(round).run())]);
    expect(results[1]).not.toEqual(results[0]);
    expect(results[2]).toEqual(results[0]);
  });

  it('wants rounds', async () => {
    const product = matrixProduct('product', 3, 3, 3);
    for (const rounds of [0, 1.5, NaN]) {
      const measurement = measure(product, device, reference, { rounds });
      await expect(measurement).rejects.toThrow(ArgumentError);
    }
  });
});

describe('a wrong result', () => {
  it('of a function of tensors is an error that names the element', async () => {
    const wrong = tensorFunction({
      name: 'wrong',
      description: 'takes a sum for a product',
      operations: 4,
      shapes: [[4], [4]],
      compute: ([x, y]) => x!.mul(y!),
      exact: ([x, y], place) => ({ value: x![place]! + y![place]!, tolerance: 1e-6 }),
    });
    await expect(measure(wrong, device, reference, small)).rejects.toMatchObject({
      code: 'WORKLOAD',
      message: expect.stringMatching(/^wrong, element 0: expected .* within 0\.000001, got/),
    });
  });

  it('of a training step is one that the reference does not share', async () => {
    let built = 0;
    const fickle = trainingStep(
      'fickle',
      { ...models['mlp-relu'], network: (key) => models['mlp-relu'].network(key?.fold(built++)) },
      '',
    );
    await expect(measure(fickle, device, reference, small)).rejects.toThrow(
      /^fickle, step 0: expected a loss of [\d.]+, as on cpu, got/,
    );
  });

  it('of a training step is one that does not fall', async () => {
    const { optimizer } = models.softmax;
    const diverging = trainingStep(
      'diverging',
      { ...models.softmax, optimizer: () => optimizer({ learningRate: 1 }) },
      '',
    );
    const measurement = measure(diverging, device, reference, { rounds: 20, warmups: 0 });
    await expect(measurement).rejects.toThrow(/^diverging, step \d+: expected a loss below/);
  });
});
