import * as tf from '@tensorflow/tfjs-core';
// tfjs-core registers its gradients for bundlers only; this package does so in Node too.
import '@tensorflow/tfjs-layers';
import { Conv2d, Dense } from '@gradus/layers';
import { classes, imageSize, learningRate, stageShapes } from './networks.js';

/**
 * @typedef {import('./networks.js').Network} Network
 * @typedef {{ weight: tf.Variable, bias: tf.Variable }} Parameters
 */

/**
 * The same network in TensorFlow.js, trained in the same way from the same parameters. Images and
 * filters lie as TensorFlow.js wants them: channels last.
 *
 * @param {import('@gradus/layers').Sequential} model Its parameters are copied.
 * @param {Network} network What it was built from.
 * @returns {Promise<(batch: { images: Float32Array, labels: Int32Array }) => Promise<number>>} A
 *   step, which returns the loss before it.
 */
export async function tensorFlowStep(model, network) {
  const parameters = await copyParameters(model, network);
  const variables = parameters.flatMap(({ weight, bias }) => [weight, bias]);
  const optimizer = tf.train.sgd(learningRate);
  return async ({ images, labels }) => {
    const x = tf.tensor4d(images, [network.batchSize, imageSize, imageSize, 1]);
    const y = tf.tensor1d(labels, 'int32');
    const lossOf = () => {
      const logits = forward(network, parameters, x);
      const expected = tf.oneHot(y, classes);
      return /** @type {tf.Scalar} */ (tf.losses.softmaxCrossEntropy(expected, logits));
    };
    const loss = optimizer.minimize(lossOf, true, variables);
    if (loss === null) throw new Error('TensorFlow.js returned no loss');
    const [value = NaN] = await loss.data();
    tf.dispose([x, y, loss]);
    return value;
  };
}

/**
 * The network's outputs before softmax.
 *
 * @param {Network} network What to compute.
 * @param {readonly Parameters[]} parameters In order of the layers.
 * @param {tf.Tensor4D} images Channels last.
 * @returns {tf.Tensor} [images, classes].
 */
function forward({ stages, batchSize }, parameters, images) {
  const [dense, last] = /** @type {[Parameters, Parameters]} */ (parameters.slice(stages.length));
  let x = images;
  for (const [position, { stride, padding, pool }] of stages.entries()) {
    const { weight, bias } = /** @type {Parameters} */ (parameters[position]);
    const filter = /** @type {tf.Tensor4D} */ (/** @type {unknown} */ (weight));
    const sums = tf.add(tf.conv2d(x, filter, stride, padding), bias);
    x = /** @type {tf.Tensor4D} */ (tf.relu(sums));
    if (pool > 1) x = tf.maxPool(x, pool, pool, 'valid');
  }
  const flat = tf.reshape(x, [batchSize, -1]);
  const hidden = tf.relu(tf.add(tf.matMul(flat, dense.weight), dense.bias));
  return tf.add(tf.matMul(hidden, last.weight), last.bias);
}

/**
 * What a model holds, as TensorFlow.js lays it out: filters [height, width, in, out], weights
 * [in, out], of which the first sees images with channels last.
 *
 * @param {import('@gradus/layers').Sequential} model Convolutions, then dense layers.
 * @param {Network} network What it was built from.
 * @returns {Promise<Parameters[]>} In order of the layers.
 */
async function copyParameters({ layers }, network) {
  const { channels, size } = stageShapes(network).at(-1) ?? { channels: 1, size: imageSize };
  const copies = [];
  let seesImages = true;
  for (const layer of layers) {
    if (!(layer instanceof Conv2d || layer instanceof Dense) || !layer.bias) continue;
    const data = await layer.weight.data();
    let weight;
    if (layer instanceof Conv2d || seesImages) {
      const shape =
        layer instanceof Conv2d ? layer.weight.shape : [network.hidden, channels, size, size];
      weight = tf.transpose(tf.tensor(data, [...shape]), [2, 3, 1, 0]);
      if (layer instanceof Dense) weight = tf.reshape(weight, [-1, network.hidden]);
    } else {
      weight = tf.transpose(tf.tensor(data, [...layer.weight.shape]));
    }
    if (layer instanceof Dense) seesImages = false;
    const bias = tf.tensor(await layer.bias.data());
    copies.push({ weight: tf.variable(weight), bias: tf.variable(bias) });
  }
  return copies;
}
