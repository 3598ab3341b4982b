import { relu } from '@gradus/core';
import { crossEntropy, Dense, Flatten, Sequential } from '@gradus/layers';
import { adam } from '@gradus/optim';
import { fallingRate, initialValues } from './lecture.js';
import type { ModelDefinition } from './model-definition.js';

/** Four hidden layers of ReLUs, a falling learning rate: 98.2% of MNIST's test set. */
export const mlpRelu: ModelDefinition = {
  name: 'mlp-relu',
  network: (random) => {
    // Biases slightly positive, so that no unit begins where its ReLU is flat.
    const layer = initialValues(random, 0.1);
    return new Sequential([
      new Flatten(),
      new Dense(784, 200, { ...layer(1), activation: relu }),
      new Dense(200, 100, { ...layer(2), activation: relu }),
      new Dense(100, 60, { ...layer(3), activation: relu }),
      new Dense(60, 30, { ...layer(4), activation: relu }),
      new Dense(30, 10, layer(5)),
    ]);
  },
  optimizer: ({ learningRate = fallingRate(3e-3, 2000) } = {}) => adam({ learningRate }),
  loss: crossEntropy,
  steps: 10_000,
  batchSize: 100,
};
