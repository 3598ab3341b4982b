import * as tf from '@tensorflow/tfjs-core';
// tfjs-core registers its gradients for bundlers only; this package does so in Node too.
import '@tensorflow/tfjs-layers';
import { classes, imageSize, initialParameters, rateOf } from '../cases/network.js';

/**
 * @typedef {import('../cases/network.js').Network} Network
 * @typedef {{ weight: tf.Variable, bias: tf.Variable }} Parameters
 */

/**
 * TensorFlow.js with a backend that has been imported.
 *
 * @param {string} backend Its name.
 * @returns {Promise<import('./library.js').Library>}
 */
export async function libraryWith(backend) {
  if (!(await tf.setBackend(backend))) throw new Error(`no backend ${backend}`);
  return { description: `TensorFlow.js ${tf.version_core} ${backend}`, training, product };
}

/** @type {import('./library.js').Library['training']} */
async function training(network) {
  const parameters = parametersOf(network);
  const variables = parameters.flatMap(({ weight, bias }) => [weight, bias]);
  const optimizer = tf.train.adam(0, 0.9, 0.999, 1e-8);
  let step = 0;
  return async ({ images, labels }) => {
    // Its declarations say protected, its guide says to set it.
    Object.assign(optimizer, { learningRate: rateOf(network, step++) });
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

/** The network's outputs before softmax, for images with channels last. */
function forward(
  /** @type {Network} */ network,
  /** @type {readonly Parameters[]} */ parameters,
  /** @type {tf.Tensor4D} */ images,
) {
  /** @type {tf.Tensor} */
  let x = images;
  let weighted = 0;
  for (const layer of network.layers) {
    if (layer.type === 'pool') {
      x = tf.maxPool(/** @type {tf.Tensor4D} */ (x), layer.window, layer.window, 'valid');
    } else if (layer.type === 'dropout') {
      x = tf.dropout(x, layer.rate);
    } else {
      const { weight, bias } = /** @type {Parameters} */ (parameters[weighted++]);
      if (layer.type === 'dense') {
        x = tf.matMul(tf.reshape(x, [network.batchSize, -1]), weight);
      } else {
        const { stride, padding } = layer;
        const side = /** @type {[number, number]} */ ([...padding]);
        const filter = /** @type {tf.Tensor4D} */ (/** @type {unknown} */ (weight));
        const image = /** @type {tf.Tensor4D} */ (x);
        // Only 'same' and 'valid' have gradients there; these sides are one of the two.
        x = tf.conv2d(image, filter, stride, side[1] === 0 ? 'valid' : 'same');
      }
      if (layer.normalized) x = normalize(x);
      x = tf.add(x, bias);
      if (layer.type === 'convolution' || !layer.last) x = tf.relu(x);
    }
  }
  return x;
}

/** Subtracts the mean, divides by the standard deviation, over all axes but the last. */
function normalize(/** @type {tf.Tensor} */ x) {
  const { mean, variance } = tf.moments(
    x,
    x.shape.slice(1).map((_, axis) => axis),
  );
  return tf.mul(tf.sub(x, mean), tf.rsqrt(tf.add(variance, 1e-5)));
}

/**
 * Initial parameters as TensorFlow.js lays them out: filters [height, width, in, out], weights
 * [in, out], of which the first sees images with channels last.
 */
function parametersOf(/** @type {Network} */ network) {
  const weighted = network.layers.filter((layer) => 'normalized' in layer);
  return initialParameters(network).map(({ weight, shape, bias }, position) => {
    const [out = 0, , kernel] = shape;
    const before = weighted[position - 1];
    const seesImages = kernel === undefined && before?.type === 'convolution';
    const channels = seesImages ? before.outChannels : 1;
    const size = seesImages ? Math.sqrt((shape[1] ?? 0) / channels) : 1;
    const images = kernel === undefined ? [out, channels, size, size] : [...shape];
    const axes = kernel === undefined && !seesImages ? [1, 0] : [2, 3, 1, 0];
    const given = kernel === undefined && !seesImages ? [...shape] : images;
    const turned = tf.transpose(tf.tensor(weight, given), axes);
    const placed = kernel === undefined ? tf.reshape(turned, [-1, out]) : turned;
    return { weight: tf.variable(placed), bias: tf.variable(tf.tensor(bias)) };
  });
}

/** @type {import('./library.js').Library['product']} */
async function product({ rows, size, length }) {
  return async ({ left, right }) => {
    const result = tf.tidy(() => {
      let product = tf.tensor2d(left, [rows, size]);
      const factor = tf.tensor2d(right, [size, size]);
      for (let i = 0; i < length; i++) product = tf.matMul(product, factor);
      return product;
    });
    const values = await result.data();
    result.dispose();
    return /** @type {Float32Array} */ (values);
  };
}
