import { grad } from '@gradus/autograd';
import { cpu } from '@gradus/backend-cpu';
import { wasmSync } from '@gradus/backend-wasm';
import { goldenFile } from '@gradus/conformance';
import {
  compile,
  loadStateDictionary,
  relu,
  setDefaultDevice,
  tensor,
  type DataType,
  type Device,
  type Tensor,
} from '@gradus/core';
import { Conv2d, crossEntropy, Dense, Flatten, MaxPool2d, Sequential } from '@gradus/layers';
import { mnist } from '@gradus/mnist';
import { sgd } from '@gradus/optim';
import { describe, expect, it } from 'vitest';

const directory = process.env['GRADUS_DATA_DIR'];
const isMissing = directory === undefined || directory === '';

// CI has the files and must not pass without them; elsewhere whoever lacks them is told so.
const reason = 'set GRADUS_DATA_DIR to a directory with the four files of MNIST to run this';
const title = `thirty steps on MNIST follow PyTorch's (${reason})`;

describe.skipIf(isMissing && process.env['CI'] !== 'true')(title, () => {
  // PyTorch computed in float64; of the inputs nine digits are known.
  it.each<[string, DataType, () => Device, number]>([
    ['the CPU', 'float32', cpu, 1e-4],
    ['the CPU', 'float64', cpu, 1e-7],
    ['WASM', 'float32', wasmSync, 1e-4],
  ])('on %s in %s', async (_, dtype, makeDevice, tolerance) => {
    expect(isMissing, reason).toBe(false);
    setDefaultDevice(makeDevice());
    const [golden] = (await goldenFile('trajectory')).cases;
    const { config, inputs, outputs } = golden!;
    const last = new Dense(196, 10, { dtype });
    const model = new Sequential([
      new Conv2d(1, 4, { kernelSize: 5, stride: 2, padding: 2, dtype }),
      relu,
      new MaxPool2d({ kernelSize: 2 }),
      new Flatten(),
      last,
    ]);
    const initial = Object.entries(inputs).map(([name, { data, shape }]) => {
      return [name, tensor(data, { shape, dtype })] as const;
    });
    loadStateDictionary(model, Object.fromEntries(initial));

    const optimizer = sgd({ learningRate: 0.1, momentum: 0.9 });
    const step = compile((images: Tensor, labels: Tensor) => {
      const loss = crossEntropy(model.forward(images.cast(dtype)), labels);
      optimizer.update(model, grad(loss, model));
      return loss;
    });
    const { train } = await mnist();
    const losses: number[] = [];
    const { batchSize, steps } = config as { batchSize: number; steps: number };
    for (const { images, labels } of train.take(batchSize * steps).batches(batchSize)) {
      losses.push(await (await step(images, labels)).item());
    }

    expect(losses).toHaveLength(steps);
    expectClose(losses, outputs['losses']!.data, tolerance);
    expectClose(await last.bias!.data(), outputs['finalBias']!.data, tolerance);
  });
});

/** Expects values to agree to `tolerance` times the largest magnitude among those expected. */
function expectClose(values: ArrayLike<number>, expected: readonly number[], tolerance: number) {
  const scale = Math.max(...expected.map(Math.abs));
  const errors = expected.map((value, index) => Math.abs(value - values[index]!) / scale);
  expect(values.length).toBe(expected.length);
  expect(Math.max(...errors)).toBeLessThan(tolerance);
}
