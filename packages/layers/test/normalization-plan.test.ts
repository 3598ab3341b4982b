import { grad } from '@gradus/autograd';
import { namedParameters, planOf, relu, summarizePlan, tensor, type Tensor } from '@gradus/core';
import { expect, it } from 'vitest';
import { BatchNorm, Conv2d, LayerNorm, type BatchNormOptions } from '../src/index.js';
import { useCpu } from './support.js';

useCpu();

const kinds = ({ kernels }: ReturnType<typeof planOf>): string[] => kernels.map(({ kind }) => kind);

const images = (): Tensor => tensor(new Float32Array(5 * 4 * 6 * 6), { shape: [5, 4, 6, 6] });

it('a training pass reads the batch three times, and moves the statistics along the way', () => {
  const layer = new BatchNorm(4, { activation: relu, warmUp: true });
  const output = layer.forward(images(), { training: true });
  const plan = planOf([output, layer.runningMean.value, layer.runningVariance.value]);
  expect(kinds(plan)).toEqual(['reduce', 'reduce', 'map']);
});

it.each<BatchNormOptions>([{ scale: false }, {}])(
  'a gradient of BatchNorm with %j takes two passes more, and nothing of the size of the batch',
  (options) => {
    const [x, dy] = [images(), images()];
    const layer = new BatchNorm(4, options);
    const output = layer.forward(x, { training: true });
    const targets = { x, ...namedParameters(layer) };
    const gradients = grad(output, targets, { gradient: dy });
    const plan = planOf(Object.values(gradients));
    expect(kinds(plan)).toEqual(['reduce', 'reduce', 'reduce', 'map']);
    expect(summarizePlan(plan).temporaryBytes).toBeLessThanOrEqual(5 * 4 * 4);
  },
);

it('in evaluation it is part of the convolution before it', () => {
  const convolution = new Conv2d(4, 8, { kernelSize: 3, bias: false });
  const layer = new BatchNorm(8, { activation: relu });
  const plan = planOf([layer.forward(convolution.forward(images()))]);
  expect(kinds(plan)).toEqual(['map', 'conv2d']);
});

it('LayerNorm reads its rows three times, and its gradient two times more', () => {
  const [x, dy] = [images(), images()];
  const layer = new LayerNorm([6, 6], { scale: false, offset: false });
  const output = layer.forward(x);
  expect(kinds(planOf([output]))).toEqual(['reduce', 'reduce', 'map']);
  const gradient = grad(output, x, { gradient: dy });
  expect(kinds(planOf([gradient]))).toEqual(['reduce', 'reduce', 'reduce', 'map']);
});
