import { grad } from '@gradus/autograd';
import { cpu } from '@gradus/backend-cpu';
import { wasmSync } from '@gradus/backend-wasm';
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
import { expect, it } from 'vitest';
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

/**
 * Behind batch normalisation, ReLUs switch by a rounding, and Adam makes a step of any gradient: at
 * their own rates these networks amplify one rounding within 30 steps, on any device (last test).
 */
const gentleRates: Partial<Record<ModelName, number>> = {
  'mlp-relu-bn': 3e-4,
  'conv-bn-dropout': 3e-4,
  residual: 1e-4,
};

it.each(Object.keys(models) as ModelName[])(
  '%s: the first 30 steps on WASM and on the CPU agree to 1e-3',
  async (name) => {
    const change = { learningRate: gentleRates[name] };
    const reference = await losses(name, cpu(), change);
    expect(reference).toHaveLength(steps);
    expect(difference(await losses(name, wasmSync(), change), reference)).toBeLessThan(1e-3);
  },
);

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
