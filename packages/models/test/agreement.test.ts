import { grad } from '@gradus/autograd';
import { cpu } from '@gradus/backend-cpu';
import { wasmSync } from '@gradus/backend-wasm';
import { webgpu } from '@gradus/backend-webgpu';
import {
  compile,
  namedParameters,
  setDefaultDevice,
  sizeOf,
  tensor,
  type Device,
  type Tensor,
} from '@gradus/core';
import { syntheticDigits } from '@gradus/mnist';
import { bernoulli, randomKey, randomStream, type RandomKey } from '@gradus/random';
import { describeWith } from '@gradus/tooling/describe-with';
import { describe, expect, it } from 'vitest';
import { models, type ModelName } from '../src/index.js';

const steps = 30;
const { train: digits } = syntheticDigits({ train: 480, test: 1, seed: 1 });

/** How a run differs from what its model says. */
interface Change {
  readonly batchSize?: number;
  readonly learningRate?: number | undefined;
  /** Moves every parameter by about one rounding, up or down as this seed says. */
  readonly nudge?: number;
}

/** The losses of the first steps: the same seeds whatever the device. */
async function losses(name: ModelName, device: Device, change: Change = {}): Promise<number[]> {
  setDefaultDevice(device);
  const { network, optimizer: makeOptimizer, loss } = models[name];
  const model = network(randomKey(1));
  if (change.nudge !== undefined) nudge(model, change.nudge);
  const optimizer = makeOptimizer({ learningRate: change.learningRate });
  const step = compile((images: Tensor, labels: Tensor, random: RandomKey) => {
    const value = loss(model.forward(images, { training: true, random }), labels);
    optimizer.update(model, grad(value, model));
    return value;
  });
  const keys = randomStream(2);
  const results: number[] = [];
  const { batchSize = 8 } = change;
  for (const { images, labels } of digits.take(steps * batchSize).batches(batchSize)) {
    results.push(await (await step(images, labels, keys.next())).item());
  }
  return results;
}

function nudge(model: object, seed: number): void {
  const keys = randomStream(seed);
  for (const parameter of Object.values(namedParameters(model))) {
    const { shape } = parameter;
    const up = tensor(bernoulli(keys.next(), sizeOf(shape), 0.5), { shape }).cast('float32');
    parameter.assign(parameter.value.mul(up.mul(2 ** -22).add(1 - 2 ** -23)));
  }
}

/** The largest difference between two runs, as a part of the largest loss. */
function difference(one: readonly number[], other: readonly number[]): number {
  const differences = one.map((loss, index) => Math.abs(loss - other[index]!));
  return Math.max(...differences) / Math.max(...other);
}

/** The gradients of the first step at the model's own parameters. */
async function gradients(name: ModelName, device: Device): Promise<Map<string, Float32Array>> {
  setDefaultDevice(device);
  const { network, loss } = models[name];
  const model = network(randomKey(1));
  const step = compile((images: Tensor, labels: Tensor, random: RandomKey) =>
    grad(loss(model.forward(images, { training: true, random }), labels), namedParameters(model)),
  );
  const [batch] = [...digits.take(8).batches(8)];
  const results = await step(batch!.images, batch!.labels, randomKey(3));
  const values = new Map<string, Float32Array>();
  for (const [parameter, gradient] of Object.entries(results)) {
    values.set(parameter, (await gradient.data()) as Float32Array);
  }
  return values;
}

const names = Object.keys(models) as ModelName[];

/**
 * Behind batch normalisation, ReLUs switch by a rounding, and Adam makes a step of any gradient: at
 * their own rates these networks amplify one rounding within 30 steps, on any device (last test).
 */
const gentleRates: Partial<Record<ModelName, number>> = {
  'mlp-relu-bn': 3e-5,
  'conv-bn-dropout': 3e-5,
  residual: 3e-5,
};

function testAgreement(device: Device): void {
  it.each(names)('%s: all gradients agree to 1e-5', async (name) => {
    const found = await gradients(name, device);
    for (const [parameter, expected] of await gradients(name, cpu())) {
      const largest = expected.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
      const worst = expected.reduce(
        (most, value, index) => Math.max(most, Math.abs(value - found.get(parameter)![index]!)),
        0,
      );
      expect(worst, parameter).toBeLessThan(1e-5 * largest);
    }
  });

  it.each(names)('%s: the first 30 steps agree to 1e-3', async (name) => {
    const change = { learningRate: gentleRates[name] };
    const reference = await losses(name, cpu(), change);
    expect(reference).toHaveLength(steps);
    expect(difference(await losses(name, device, change), reference)).toBeLessThan(1e-3);
  });
}

describe('on WASM and on the CPU', () => testAgreement(wasmSync()));
await describeWith('on WebGPU and on the CPU', () => webgpu(), testAgreement);

it('at its own rate mlp-relu-bn on the CPU, moved by a rounding, departs from itself', async () => {
  const change = { batchSize: 16 };
  const reference = await losses('mlp-relu-bn', cpu(), change);
  const differences: number[] = [];
  for (const nudge of [1, 2, 3]) {
    const nudged = await losses('mlp-relu-bn', cpu(), { ...change, nudge });
    differences.push(difference(nudged, reference));
  }
  expect(Math.max(...differences)).toBeGreaterThan(1e-3);
});
