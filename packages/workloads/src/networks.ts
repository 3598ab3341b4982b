import { relu } from '@gradus/core';
import { Conv2d, crossEntropy, Dense, Flatten, MaxPool2d, Sequential } from '@gradus/layers';
import type { ModelDefinition } from '@gradus/models';
import { adam } from '@gradus/optim';

const recipe = {
  optimizer: ({ learningRate = 1e-3 } = {}) => adam({ learningRate }),
  loss: crossEntropy,
  steps: 10_000,
} satisfies Partial<ModelDefinition>;

/** LeNet with ReLU and max pooling, as digit recognisers in JavaScript have it. */
export const lenet: ModelDefinition = {
  ...recipe,
  name: 'lenet',
  batchSize: 250,
  network: (random) => {
    const layer = (position: number) => ({ random: random?.fold(position), activation: relu });
    return new Sequential([
      new Conv2d(1, 24, { ...layer(1), kernelSize: 5 }),
      new MaxPool2d({ kernelSize: 2 }),
      new Conv2d(24, 32, { ...layer(2), kernelSize: 3 }),
      new MaxPool2d({ kernelSize: 2 }),
      new Flatten(),
      new Dense(5 * 5 * 32, 128, layer(3)),
      new Dense(128, 10, { random: random?.fold(4) }),
    ]);
  },
};

/** The convolutions of the lecture's largest network, without what surrounds its products. */
export const convLarge: ModelDefinition = {
  ...recipe,
  name: 'conv-large',
  batchSize: 100,
  network: (random) => {
    const layer = (position: number) => ({ random: random?.fold(position), activation: relu });
    const convolution = (position: number, kernelSize: number, stride: number) =>
      ({ ...layer(position), kernelSize, stride, padding: 'same' }) as const;
    return new Sequential([
      new Conv2d(1, 24, convolution(1, 6, 1)),
      new Conv2d(24, 48, convolution(2, 5, 2)),
      new Conv2d(48, 64, convolution(3, 4, 2)),
      new Flatten(),
      new Dense(7 * 7 * 64, 200, layer(4)),
      new Dense(200, 10, { random: random?.fold(5) }),
    ]);
  },
};
