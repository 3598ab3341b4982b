import { integers, uniform } from './numbers.js';

/**
 * A convolution of square images, then a ReLU.
 *
 * @typedef {object} Convolution
 * @property {'convolution'} type
 * @property {number} inChannels
 * @property {number} outChannels
 * @property {number} inSize Height and width of what it sees.
 * @property {number} outSize Height and width of what it makes.
 * @property {number} kernel Height and width of its filters.
 * @property {number} stride
 * @property {readonly [number, number]} padding Zeros before and behind each row and column.
 * @property {boolean} normalized Whether the batch is normalised, instead of a bias, before the ReLU.
 *
 * A dense layer, then a ReLU unless it is the last one.
 *
 * @typedef {object} Dense
 * @property {'dense'} type
 * @property {number} inFeatures
 * @property {number} outFeatures
 * @property {boolean} normalized As for convolutions.
 * @property {boolean} last
 *
 * @typedef {{ type: 'pool', window: number }} Pool The greatest of each window.
 * @typedef {{ type: 'dropout', rate: number }} Dropout
 * @typedef {Convolution | Dense} WeightedLayer
 * @typedef {WeightedLayer | Pool | Dropout} Layer
 *
 * A network for digits, and how a step trains it: forward, backward, Adam with
 * rate(i) = minimum + amplitude · e^(−i / timeConstant), update.
 *
 * @typedef {object} Network
 * @property {string} name Shown in tables.
 * @property {'training'} kind
 * @property {number} batchSize Images a step.
 * @property {{ minimum: number, amplitude: number, timeConstant: number }} rate
 * @property {readonly Layer[]} layers In order.
 *
 * @typedef {object} Parameters
 * @property {Float32Array} weight
 * @property {readonly number[]} shape As in PyTorch: [out, in, kernel, kernel] or [out, in].
 * @property {Float32Array} bias What is added behind the weights, or behind the normalisation.
 */

/** Height and width of the images, which have one channel. */
export const imageSize = 28;

/** How many kinds of digits there are. */
export const classes = 10;

/**
 * What `defineNetwork` is told about a layer. Sizes of inputs follow from the layer before.
 *
 * @typedef {{ filters: number, kernel: number, stride?: number, padding?: 'same' | 'valid', normalized?: boolean }
 *   | { features: number, normalized?: boolean } | { pool: number } | { dropout: number }} LayerOptions
 */

/**
 * A network with the sizes of all its layers.
 *
 * @param {object} options
 * @param {string} options.name Shown in tables.
 * @param {number} options.batchSize Images a step.
 * @param {Network['rate']} options.rate The learning rate.
 * @param {readonly LayerOptions[]} options.layers In order; the last one is dense.
 * @returns {Network} Plain data, which travels to other processes.
 */
export function defineNetwork({ name, batchSize, rate, layers }) {
  let [channels, size, features] = [1, imageSize, imageSize * imageSize];
  const sized = layers.map((layer, position) => {
    if ('dropout' in layer)
      return /** @type {Dropout} */ ({ type: 'dropout', rate: layer.dropout });
    if ('pool' in layer) {
      size = Math.floor(size / layer.pool);
      features = channels * size * size;
      return /** @type {Pool} */ ({ type: 'pool', window: layer.pool });
    }
    const { normalized = false } = layer;
    if ('features' in layer) {
      const inFeatures = features;
      features = layer.features;
      const last = position === layers.length - 1;
      const dense = { type: 'dense', inFeatures, outFeatures: features, normalized, last };
      return /** @type {Dense} */ (dense);
    }
    const { filters, kernel, stride = 1, padding = 'same' } = layer;
    const [inChannels, inSize] = [channels, size];
    channels = filters;
    size = Math.ceil((padding === 'same' ? inSize : inSize - kernel + 1) / stride);
    features = channels * size * size;
    const missing = Math.max(0, (size - 1) * stride + kernel - inSize);
    const sizes = { inChannels, outChannels: channels, inSize, outSize: size };
    return /** @type {Convolution} */ ({
      ...{ type: 'convolution', ...sizes, kernel, stride, normalized },
      padding: [missing >> 1, missing - (missing >> 1)],
    });
  });
  return { name, kind: 'training', batchSize, rate, layers: sized };
}

/** Whether a layer has weights. */
export function isWeighted(/** @type {Layer} */ layer) {
  return layer.type === 'convolution' || layer.type === 'dense';
}

/**
 * Initial parameters, the same for every contestant.
 *
 * @param {Network} network Whose.
 * @returns {Parameters[]} For each layer that has weights.
 */
export function initialParameters({ layers }) {
  return layers.filter(isWeighted).map((layer, position) => {
    const shape =
      layer.type === 'convolution'
        ? [layer.outChannels, layer.inChannels, layer.kernel, layer.kernel]
        : [layer.outFeatures, layer.inFeatures];
    const [out = 0, ...inputs] = shape;
    const fanIn = inputs.reduce((product, extent) => product * extent, 1);
    const bound = Math.sqrt(6 / fanIn);
    const weight = uniform(out * fanIn, 1000 + position, -bound, bound);
    return { weight, shape, bias: new Float32Array(out).fill(0.1) };
  });
}

/**
 * A batch that no other round has.
 *
 * @param {Network} network How large it is.
 * @param {number} round Which.
 * @returns {{ images: Float32Array, labels: Int32Array }} Pixels in [0, 1) and digits.
 */
export function batch({ batchSize }, round) {
  return {
    images: uniform(batchSize * imageSize * imageSize, 2 * round, 0, 1),
    labels: integers(batchSize, 2 * round + 1, classes),
  };
}

/**
 * The learning rate of a step.
 *
 * @param {Network} network Whose.
 * @param {number} step Counted from 0.
 */
export function rateOf({ rate: { minimum, amplitude, timeConstant } }, step) {
  return minimum + amplitude * Math.exp(-step / timeConstant);
}
