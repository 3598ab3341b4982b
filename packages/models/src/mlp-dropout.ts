import { relu } from '@gradus/core';
import { crossEntropy, Dense, Dropout, Flatten, initializers, Sequential } from '@gradus/layers';
import { adam } from '@gradus/optim';
import type { ModelDefinition } from './model-definition.js';
import { fallingRate } from './schedule.js';

/** `mlp-relu` with a quarter of every hidden layer dropped in training: 98.2% of MNIST's test set. */
export const mlpDropout: ModelDefinition = {
  name: 'mlp-dropout',
  network: (random) => {
    const weightInitializer = initializers.truncatedNormal({ standardDeviation: 0.1 });
    const biasInitializer = initializers.constant(0.1);
    const layer = (position: number) => ({
      weightInitializer,
      biasInitializer,
      random: random?.fold(position),
    });
    return new Sequential([
      new Flatten(),
      new Dense(784, 200, { ...layer(1), activation: relu }),
      new Dropout(0.25),
      new Dense(200, 100, { ...layer(2), activation: relu }),
      new Dropout(0.25),
      new Dense(100, 60, { ...layer(3), activation: relu }),
      new Dropout(0.25),
      new Dense(60, 30, { ...layer(4), activation: relu }),
      new Dropout(0.25),
      new Dense(30, 10, layer(5)),
    ]);
  },
  optimizer: ({ learningRate = fallingRate } = {}) => adam({ learningRate }),
  loss: crossEntropy,
  steps: 10_000,
  batchSize: 100,
};
