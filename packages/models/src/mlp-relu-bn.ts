import { relu } from '@gradus/core';
import { BatchNorm, crossEntropy, Dense, Flatten, Sequential } from '@gradus/layers';
import { adam } from '@gradus/optim';
import { fallingRate, initialValues } from './lecture.js';
import type { ModelDefinition } from './model-definition.js';

/** `mlp-relu` with batch normalisation, at ten times its rate: 98.5% of MNIST's test set. */
export const mlpReluBn: ModelDefinition = {
  name: 'mlp-relu-bn',
  network: (random) => {
    const layer = initialValues(random, 0);
    const hidden = (position: number) => ({ ...layer(position), bias: false });
    // A ReLU passes a scale on to the next layer, whose weights can learn it.
    const normalization = { decay: 0.999, warmUp: true, scale: false, activation: relu };
    return new Sequential([
      new Flatten(),
      new Dense(784, 200, hidden(1)),
      new BatchNorm(200, normalization),
      new Dense(200, 100, hidden(2)),
      new BatchNorm(100, normalization),
      new Dense(100, 60, hidden(3)),
      new BatchNorm(60, normalization),
      new Dense(60, 30, hidden(4)),
      new BatchNorm(30, normalization),
      new Dense(30, 10, layer(5)),
    ]);
  },
  optimizer: ({ learningRate = fallingRate(0.03, 1000) } = {}) => adam({ learningRate }),
  loss: crossEntropy,
  steps: 10_000,
  batchSize: 100,
};
