import { relu, type Layer } from '@gradus/core';
import {
  BatchNorm,
  Conv2d,
  crossEntropy,
  Dense,
  GlobalAvgPool2d,
  initializers,
  Residual,
  Sequential,
} from '@gradus/layers';
import { adamW, isVector, schedules } from '@gradus/optim';
import type { HostKey } from '@gradus/random';
import type { ModelDefinition } from './model-definition.js';

/**
 * A small residual network: a convolution, then three blocks of two that each learn what to add to
 * their input. He, Zhang, Ren and Sun, "Deep residual learning for image recognition", 2016.
 */
export const residualNetwork: ModelDefinition = {
  name: 'residual',
  network: (random) =>
    new Sequential([
      ...normalized(1, 16, 3, 1, random?.fold(1)),
      relu,
      ...block(16, 16, 1, random?.fold(2)),
      ...block(16, 32, 2, random?.fold(3)),
      ...block(32, 64, 2, random?.fold(4)),
      new GlobalAvgPool2d(),
      new Dense(64, 10, { random: random?.fold(5) }),
    ]),
  optimizer: ({ learningRate = warmedUp } = {}) =>
    // Biases, scales and offsets do not decay.
    adamW({ learningRate, groups: [{ match: isVector, weightDecay: 0 }] }),
  loss: crossEntropy,
  steps: 5_000,
  batchSize: 100,
};

const warmedUp = schedules.warmUp({
  steps: 200,
  schedule: schedules.cosine({ initial: 3e-3, steps: 4_800 }),
});

/** relu(x + f(x)) with two convolutions in f; where the size changes, x is projected to fit. */
function block(
  inChannels: number,
  outChannels: number,
  stride: number,
  random: HostKey | undefined,
): (Layer | typeof relu)[] {
  const branch = [
    ...normalized(inChannels, outChannels, 3, stride, random?.fold(0)),
    relu,
    ...normalized(outChannels, outChannels, 3, 1, random?.fold(1)),
  ];
  const changes = stride !== 1 || inChannels !== outChannels;
  const shortcut = changes
    ? new Sequential(normalized(inChannels, outChannels, 1, stride, random?.fold(2)))
    : undefined;
  return [new Residual(branch, { shortcut }), relu];
}

/** A convolution whose bias is that of the normalisation behind it. */
function normalized(
  inChannels: number,
  outChannels: number,
  kernelSize: number,
  stride: number,
  random: HostKey | undefined,
): Layer[] {
  return [
    new Conv2d(inChannels, outChannels, {
      kernelSize,
      stride,
      padding: 'same',
      bias: false,
      weightInitializer: initializers.heNormal,
      random,
    }),
    new BatchNorm(outChannels, { warmUp: true, decay: 0.99 }),
  ];
}
