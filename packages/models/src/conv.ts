import { relu } from '@gradus/core';
import { Conv2d, crossEntropy, Dense, Flatten, Sequential } from '@gradus/layers';
import { adam } from '@gradus/optim';
import { fallingRate, initialValues } from './lecture.js';
import type { ModelDefinition } from './model-definition.js';

/** Three convolutions, the later two with strides in place of pooling: 98.9% of MNIST's test set. */
export const conv: ModelDefinition = {
  name: 'conv',
  network: (random) => {
    const layer = initialValues(random, 0.1);
    const convolution = (position: number, kernelSize: number, stride: number) =>
      ({ ...layer(position), kernelSize, stride, padding: 'same', activation: relu }) as const;
    return new Sequential([
      new Conv2d(1, 4, convolution(1, 5, 1)),
      new Conv2d(4, 8, convolution(2, 5, 2)),
      new Conv2d(8, 12, convolution(3, 4, 2)),
      new Flatten(),
      new Dense(7 * 7 * 12, 200, { ...layer(4), activation: relu }),
      new Dense(200, 10, layer(5)),
    ]);
  },
  optimizer: ({ learningRate = fallingRate(3e-3, 2000) } = {}) => adam({ learningRate }),
  loss: crossEntropy,
  steps: 10_000,
  batchSize: 100,
};
