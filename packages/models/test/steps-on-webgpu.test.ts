import { grad } from '@gradus/autograd';
import { WebGpuBackend } from '@gradus/backend-webgpu';
import { compile, type Tensor } from '@gradus/core';
import { Device } from '@gradus/core/backend';
import { crossEntropy, Dense } from '@gradus/layers';
import { adam } from '@gradus/optim';
import { randomKey } from '@gradus/random';
import { describe, expect, it, onTestFinished } from 'vitest';
import { models } from '../src/index.js';

/** Why there is no adapter, if so. In CI there must be one. */
const obstacle = await WebGpuBackend.create().then(
  (backend) => backend.dispose(),
  (error: unknown) => error as Error,
);

describe.skipIf(obstacle !== undefined && process.env['CI'] === undefined)('on WebGPU', () => {
  /** A device of one test: what others leave behind is collected at some time. */
  async function open(): Promise<{ device: Device; backend: WebGpuBackend }> {
    const backend = await WebGpuBackend.create();
    onTestFinished(() => backend.dispose());
    return { device: new Device(backend), backend };
  }

  /** Fresh data of so many features in ten classes. */
  const batch = (size: number, shape: readonly number[], step: number) => {
    const length = shape.reduce((product, extent) => product * extent, size);
    const data = Float32Array.from({ length }, (_, i) => Math.sin(i * 0.37 + step));
    const labels = Int32Array.from({ length: size }, (_, i) => (i + step) % 10);
    return [{ data, shape: [size, ...shape] }, labels] as const;
  };

  it('a step of the MLP is at most 36 dispatches, one submit, and nothing new', async () => {
    const { device, backend } = await open();
    const { network, optimizer: makeOptimizer, loss: lossOf } = models['mlp-relu'];
    const model = network(randomKey(1));
    const optimizer = makeOptimizer();
    const step = compile(
      (images: Tensor, labels: Tensor) => {
        const loss = lossOf(model.forward(images, { training: true }), labels);
        optimizer.update(model, grad(loss, model));
        return loss;
      },
      { device },
    );
    const run = async (at: number): Promise<void> => {
      const loss = await step(...batch(100, [1, 28, 28], at));
      loss.dispose();
    };
    for (let at = 0; at < 4; at++) await run(at);
    const [before, memory] = [backend.statistics(), device.memory()];
    for (let at = 4; at < 6; at++) await run(at);
    const after = backend.statistics();
    expect((after.dispatches - before.dispatches) / 2).toBeLessThanOrEqual(36);
    expect(after.submissions - before.submissions).toBe(2);
    expect(after.pipelines).toBe(before.pipelines);
    expect(after.bindGroups).toBe(before.bindGroups);
    expect(device.memory()).toEqual(memory);
  });

  it('thousands of steps leave buffers as they were', async () => {
    const { device, backend } = await open();
    const model = new Dense(8, 10, { random: randomKey(1) });
    const optimizer = adam({ learningRate: 1e-3 });
    const step = compile(
      (inputs: Tensor, labels: Tensor) => {
        const loss = crossEntropy(model.forward(inputs), labels);
        optimizer.update(model, grad(loss, model));
        return loss;
      },
      { device },
    );
    const steps = 1000;
    const run = async (from: number, to: number): Promise<void> => {
      for (let at = from; at < to; at++) {
        const loss = await step(...batch(10, [8], at));
        if (at % 100 === 0) await loss.item();
        loss.dispose();
      }
    };
    await run(0, 10);
    const [before, memory] = [backend.statistics(), device.memory()];
    await run(10, steps);
    expect(device.memory()).toEqual(memory);
    const after = backend.statistics();
    expect(after.bindGroups).toBe(before.bindGroups);
    expect(after.pipelines).toBe(before.pipelines);
  });
});
