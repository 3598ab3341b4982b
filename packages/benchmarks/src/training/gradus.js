import { grad } from '@gradus/autograd';
import { compile, relu, tensor } from '@gradus/core';
import {
  Conv2d,
  Dense,
  Flatten,
  MaxPool2d,
  Sequential,
  crossEntropy,
  setSeed,
} from '@gradus/layers';
import { sgd } from '@gradus/optim';
import { classes, imageSize, learningRate, stageShapes } from './networks.js';

/**
 * @typedef {import('./networks.js').Network} Network
 * @typedef {import('@gradus/core').Tensor} Tensor
 */

/**
 * The network in Gradus, with initial parameters that depend on nothing else.
 *
 * @param {Network} network What to build.
 * @returns {Sequential} Parameters are named by position.
 */
export function gradusModel(network) {
  setSeed(1);
  const shapes = stageShapes(network);
  const convolutions = network.stages.flatMap(
    ({ filters, kernel, stride, padding, pool }, position) => {
      const channels = shapes[position - 1]?.channels ?? 1;
      const options = { kernelSize: kernel, stride, padding, activation: relu };
      const layer = new Conv2d(channels, filters, options);
      return pool === 1 ? [layer] : [layer, new MaxPool2d({ kernelSize: pool })];
    },
  );
  const { channels, size } = shapes.at(-1) ?? { channels: 1, size: imageSize };
  return new Sequential([
    ...convolutions,
    new Flatten(),
    new Dense(channels * size * size, network.hidden, { activation: relu }),
    new Dense(network.hidden, classes),
  ]);
}

/**
 * Steps of plain gradient descent on the cross-entropy, on the default device.
 *
 * @param {Sequential} model Trained in place.
 * @param {Network} network What it was built from.
 * @returns {(batch: { images: Float32Array, labels: Int32Array }) => Promise<number>} A step, which
 *   returns the loss before it.
 */
export function gradusStep(model, { batchSize }) {
  const optimizer = sgd({ learningRate });
  const step = compile((/** @type {Tensor} */ images, /** @type {Tensor} */ labels) => {
    const loss = crossEntropy(model.forward(images), labels);
    optimizer.update(model, grad(loss, model));
    return loss;
  });
  const shape = [batchSize, 1, imageSize, imageSize];
  return async ({ images, labels }) =>
    (await step(tensor(images, { shape }), tensor(labels, { dtype: 'int32' }))).item();
}
