import { compile, tensor, Variable, type Device, type Tensor } from '@gradus/core';
import { describe, expect, it } from 'vitest';
import { wasmSync } from '../../src/index.js';

const [features, hidden, classes] = [100, 400, 10];
const largest = 512;

/** Steps of gradient descent with two layers, one for each batch size. */
async function train(device: Device, batches: Iterable<number>): Promise<void> {
  const parameters = [
    [features, hidden],
    [hidden, classes],
  ].map(
    (shape) => new Variable(tensor(new Float32Array(shape[0]! * shape[1]!).fill(0.01), { shape })),
  ) as [Variable, Variable];
  const [weight, last] = parameters;
  const step = compile(
    (x: Tensor) => {
      const output = x.matMul(weight.value).relu();
      const logits = output.matMul(last.value);
      const error = logits.sub(1);
      last.assign(last.value.sub(output.transpose().matMul(error).mul(1e-5)));
      const back = error.matMul(last.value.transpose());
      weight.assign(weight.value.sub(x.transpose().matMul(back).mul(1e-5)));
      return logits;
    },
    { device },
  );
  for (const batch of batches) {
    const data = new Float32Array(batch * features).fill(0.5);
    await step({ data, shape: [batch, features] });
  }
  for (const variable of parameters) variable.dispose();
  await device.synchronize();
}

/** The smallest memory in which that many steps of that size run, to a quarter of a megabyte. */
async function needed(batch: number, steps: number): Promise<number> {
  for (let maximumMemory = 2 ** 20; ; maximumMemory += 2 ** 18) {
    try {
      await train(wasmSync({ maximumMemory }), new Array<number>(steps).fill(batch));
      return maximumMemory;
    } catch (error) {
      expect(error).toMatchObject({ code: 'OUT_OF_MEMORY' });
    }
  }
}

describe('a long run', () => {
  it('of a thousand steps needs no more memory than one of three', async () => {
    const device = wasmSync({ maximumMemory: await needed(8, 3) });
    await train(device, new Array<number>(1000).fill(8));
    expect(device.memory()).toMatchObject({ buffers: 0, bytes: 0 });
  });

  it('with batches of all sizes needs less than half as much again as with the largest', async () => {
    const device = wasmSync({ maximumMemory: 1.5 * (await needed(largest, 3)) });
    const sizes = Array.from(
      { length: 150 },
      (_, step) => 1 + ((37 * step + 11 * step ** 2) % largest),
    );
    await train(device, sizes);
    expect(device.memory()).toMatchObject({ buffers: 0, bytes: 0 });
  });
});
