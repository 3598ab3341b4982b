import { relu } from '@gradus/core';
import { crossEntropy, Dense, Flatten, initializers, Sequential } from '@gradus/layers';
import { adam } from '@gradus/optim';
import type { ModelDefinition } from './model-definition.js';
import { fallingRate } from './schedule.js';

/** Four hidden layers of ReLUs, a falling learning rate: 98.2% of MNIST's test set. */
export const mlpRelu: ModelDefinition = {
  name: 'mlp-relu',
  network: (random) => {
    const weightInitializer = initializers.truncatedNormal({ standardDeviation: 0.1 });
    // Slightly positive, so that no unit begins where its ReLU is flat.
    const biasInitializer = initializers.constant(0.1);
    const layer = (position: number) => ({
      weightInitializer,
      biasInitializer,
      random: random?.fold(position),
    });
    return new Sequential([
      new Flatten(),
      new Dense(784, 200, { ...layer(1), activation: relu }),
      new Dense(200, 100, { ...layer(2), activation: relu }),
      new Dense(100, 60, { ...layer(3), activation: relu }),
      new Dense(60, 30, { ...layer(4), activation: relu }),
      new Dense(30, 10, layer(5)),
    ]);
  },
  optimizer: ({ learningRate = fallingRate } = {}) => adam({ learningRate }),
  loss: crossEntropy,
  steps: 10_000,
  batchSize: 100,
};
