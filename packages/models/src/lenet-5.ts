import { tanh } from '@gradus/core';
import { AvgPool2d, Conv2d, crossEntropy, Dense, Flatten, Sequential } from '@gradus/layers';
import { adam } from '@gradus/optim';
import type { ModelDefinition } from './model-definition.js';

/**
 * The network that read cheques: LeCun, Bottou, Bengio and Haffner, "Gradient-based learning applied
 * to document recognition", 1998, with a softmax in place of its radial basis functions and with all
 * connections between its feature maps.
 */
export const leNet5: ModelDefinition = {
  name: 'lenet-5',
  network: (random) => {
    const layer = (position: number) => ({ random: random?.fold(position), activation: tanh });
    return new Sequential([
      new Conv2d(1, 6, { ...layer(1), kernelSize: 5, padding: 'same' }),
      new AvgPool2d({ kernelSize: 2 }),
      new Conv2d(6, 16, { ...layer(2), kernelSize: 5 }),
      new AvgPool2d({ kernelSize: 2 }),
      new Flatten(),
      new Dense(5 * 5 * 16, 120, layer(3)),
      new Dense(120, 84, layer(4)),
      new Dense(84, 10, { random: random?.fold(5) }),
    ]);
  },
  optimizer: ({ learningRate = 1e-3 } = {}) => adam({ learningRate }),
  loss: crossEntropy,
  steps: 10_000,
  batchSize: 100,
};
