import { checkGradients, layerSuite } from '@gradus/conformance';
import { relu, zeros } from '@gradus/core';
import { randomKey } from '@gradus/random';
import { afterAll, describe, expect, it } from 'vitest';
import {
  accuracy,
  Conv2d,
  crossEntropy,
  Dense,
  Flatten,
  GlobalAvgPool2d,
  Sequential,
} from '../src/index.js';
import { lossAfter } from './descent.js';
import { expectError, numbers, useCpu } from './support.js';
import { bars, counting, valuesOf } from './windows.js';

useCpu();

const layer = new GlobalAvgPool2d();

it('is the mean of each channel', async () => {
  const output = layer.forward(counting([2, 3, 2, 2]));
  expect(output.shape).toEqual([2, 3]);
  expect(await numbers(output)).toEqual([1.5, 5.5, 9.5, 13.5, 17.5, 21.5]);
});

it('has nothing to do for a batch of none', async () => {
  const output = layer.forward(zeros([0, 3, 2, 2]));
  expect([output.shape, await numbers(output)]).toEqual([[0, 3], []]);
});

layerSuite(
  { describe, it, after: afterAll },
  {
    create: () => new GlobalAvgPool2d(),
    inputShape: [3, 2, 4, 3],
    outputShape: [3, 2],
    parameters: {},
  },
);

it('has the gradients of central differences whatever the size', async () => {
  for (const size of [
    [1, 1],
    [1, 5],
    [3, 2],
  ]) {
    await checkGradients((x) => layer.forward(x), [valuesOf([2, 2, ...size])]);
  }
});

it('lets a network answer for images of sizes that it was not trained on', async () => {
  const small = bars(8);
  const keys = randomKey(4).split(2);
  const model = new Sequential([
    new Conv2d(1, 4, { kernelSize: 3, activation: relu, random: keys[0] }),
    layer,
    new Dense(4, 2, { random: keys[1] }),
  ]);
  const loss = () => crossEntropy(model.forward(small.images), small.labels);
  expect(await lossAfter(150, { model, rate: 2, loss })).toBeLessThan(0.05);
  const large = bars(9);
  expect(await accuracy(model.forward(large.images), large.labels).item()).toBe(1);
  const flat = new Sequential([model.layers[0]!, new Flatten(), new Dense(4 * 36, 2)]);
  expectError(() => flat.forward(large.images), 'SHAPE', 'expected the last axis to be 144');
});

it('rejects what are no images', () => {
  const message = 'GlobalAvgPool2d(): expected images [n, c, h, w], got [2, 3, 4].';
  expectError(() => layer.forward(zeros([2, 3, 4])), 'SHAPE', message);
  const dtype = 'GlobalAvgPool2d(): expected floating-point input, got int32';
  expectError(() => layer.forward(zeros([1, 1, 2, 2], 'int32')), 'DTYPE', dtype);
});
