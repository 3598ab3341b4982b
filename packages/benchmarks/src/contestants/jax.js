import { defaultDevice, init, jit, lax, nn, numpy as np, random, valueAndGrad } from '@jax-js/jax';
import { classes, imageSize, initialParameters, rateOf } from '../cases/network.js';

/**
 * @typedef {import('../cases/network.js').Network} Network
 * @typedef {import('@jax-js/jax').Array} Array
 */

/**
 * jax-js with its WebAssembly backend or, in a page, WebGPU. Its functions consume their arguments;
 * `ref` keeps one.
 *
 * @param {{ backend: 'wasm' | 'webgpu' }} options
 * @returns {Promise<import('./library.js').Library>}
 */
export async function open({ backend }) {
  const available = await init(backend);
  if (!available.includes(backend)) throw new Error(`no backend ${backend}`);
  defaultDevice(backend);
  const training = (/** @type {Network} */ network) => trainingOn(backend, network);
  return { description: `jax-js ${backend}`, training, product };
}

/**
 * @param {string} backend
 * @param {Network} network
 * @returns {Promise<import('./library.js').TrainingStep>}
 */
async function trainingOn(backend, network) {
  /** Weight and bias of each layer in turn. */
  let parameters = initialParameters(network).flatMap(({ weight, shape, bias }) => [
    np.array(weight).reshape([...shape]),
    np.array(bias),
  ]);
  const zeros = () => parameters.map(({ shape }) => np.zeros(shape));
  let [first, second] = [zeros(), zeros()];
  const update = jit(
    (
      /** @type {Array[]} */ parameters,
      /** @type {Array[]} */ first,
      /** @type {Array[]} */ second,
      /** @type {Array} */ images,
      /** @type {Array} */ labels,
      /** @type {Array} */ key,
      /** @type {Array} */ rate,
      /** @type {Array} */ unbias,
    ) => {
      const lossOf = (/** @type {Array[]} */ values) => loss(network, values, images, labels, key);
      const kept = parameters.map((values) => values.ref);
      const [value, gradients] = valueAndGrad(lossOf)(kept);
      return { value, ...adam({ parameters, gradients, first, second, rate, unbias }) };
    },
  );
  let step = 0;
  return async ({ images, labels }) => {
    const rate = rateOf(network, step);
    step++;
    const result = update(
      parameters,
      first,
      second,
      np.array(images).reshape([network.batchSize, 1, imageSize, imageSize]),
      np.array(labels),
      random.key(step),
      np.array(rate / (1 - 0.9 ** step)),
      np.array(1 / (1 - 0.999 ** step)),
    );
    ({ parameters, first, second } = result);
    // A GPU works in the order of submissions, all of them made once the loss is asked for.
    if (backend === 'wasm') for (const values of parameters) await values.blockUntilReady();
    const [value = NaN] = await result.value.data();
    return value;
  };
}

/**
 * The mean cross-entropy.
 *
 * @param {Network} network Its layers.
 * @param {Array[]} parameters Weight and bias of each in turn.
 * @param {Array} images
 * @param {Array} labels
 * @param {Array} key For dropout.
 */
function loss(network, parameters, images, labels, key) {
  const remaining = parameters.values();
  const next = () => /** @type {Array} */ (remaining.next().value);
  let x = images;
  for (const layer of network.layers) {
    if (layer.type === 'pool') {
      const window = [layer.window, layer.window];
      x = lax.reduceWindow(x, (values) => np.max(values), window, window);
    } else if (layer.type === 'dropout') {
      const kept = random.bernoulli(key.ref, 1 - layer.rate, x.shape).astype(np.float32);
      x = x.mul(kept).div(1 - layer.rate);
    } else if (layer.type === 'dense') {
      const rows = x.reshape([network.batchSize, layer.inFeatures]);
      x = np.matmul(rows, next().transpose());
      if (layer.normalized) x = normalize(x, [0]);
      x = x.add(next());
      if (!layer.last) x = nn.relu(x);
    } else {
      const { stride } = layer;
      const [before, behind] = layer.padding;
      /** @type {[number, number]} */
      const sides = [before, behind];
      x = lax.convGeneralDilated(x, next(), [stride, stride], [sides, sides]);
      if (layer.normalized) x = normalize(x, [0, 2, 3]);
      x = nn.relu(x.add(next().reshape([-1, 1, 1])));
    }
  }
  key.dispose();
  const likelihood = nn.logSoftmax(x).mul(nn.oneHot(labels, classes)).sum();
  return likelihood.mul(-1 / network.batchSize);
}

/** Subtracts the mean, divides by the standard deviation. */
function normalize(/** @type {Array} */ x, /** @type {number[]} */ axes) {
  const centered = x.ref.sub(np.mean(x, axes, { keepdims: true }));
  const variance = np.mean(np.square(centered.ref), axes, { keepdims: true });
  return centered.div(np.sqrt(variance.add(1e-5)));
}

/**
 * Kingma and Ba, 2015.
 *
 * @param {object} state What the step starts from.
 * @param {Array[]} state.parameters
 * @param {Array[]} state.gradients
 * @param {Array[]} state.first Means of the gradients.
 * @param {Array[]} state.second Means of their squares.
 * @param {Array} state.rate The learning rate over 1 − β₁ᵗ.
 * @param {Array} state.unbias 1 / (1 − β₂ᵗ).
 */
function adam({ parameters, gradients, first, second, rate, unbias }) {
  const means = first.map((mean, i) => mean.mul(0.9).add(gradients[i]?.ref.mul(0.1) ?? 0));
  const squares = second.map((square, i) => {
    const gradient = /** @type {Array} */ (gradients[i]);
    return square.mul(0.999).add(np.square(gradient).mul(0.001));
  });
  const values = parameters.map((value, i) => {
    const mean = /** @type {Array} */ (means[i]).ref.mul(rate.ref);
    const square = /** @type {Array} */ (squares[i]).ref.mul(unbias.ref);
    return value.sub(mean.div(np.sqrt(square).add(1e-8)));
  });
  rate.dispose();
  unbias.dispose();
  return { parameters: values, first: means, second: squares };
}

/** @type {import('./library.js').Library['product']} */
async function product({ rows, size, length }) {
  const multiply = jit((/** @type {Array} */ left, /** @type {Array} */ right) => {
    let result = left;
    for (let i = 0; i < length; i++) result = np.matmul(result, right.ref);
    right.dispose();
    return result;
  });
  return async ({ left, right }) => {
    const a = np.array(left).reshape([rows, size]);
    const result = await multiply(a, np.array(right).reshape([size, size])).data();
    return /** @type {Float32Array} */ (result);
  };
}
