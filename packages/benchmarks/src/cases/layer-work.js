import { isWeighted } from './network.js';

/**
 * One of the products that a layer takes part in during a step.
 *
 * @typedef {object} Work
 * @property {string} layer
 * @property {'forward' | 'inputGradient' | 'filterGradient'} pass
 * @property {number} multiplyAdds Zeros of the padding included.
 * @property {number} lanes The extent of the result that lies along vectors.
 * @property {(kernel: import('@gradus/core').Kernel) => boolean} isKernel Whether a kernel does it.
 */

/** How many numbers a vector has. */
const vectorLanes = 4;

/**
 * The products of a step: three for each layer with weights, but that nobody asks for the gradient
 * of the images.
 *
 * @param {import('./network.js').Network} network Its layers are taken in order.
 * @returns {Work[]} Forward, backward, for each layer.
 */
export function worksOf({ layers, batchSize }) {
  return layers.filter(isWeighted).flatMap((layer, position) => {
    const works =
      layer.type === 'convolution'
        ? convolutionWorks(layer, batchSize)
        : denseWorks(layer, batchSize);
    return works.filter(({ pass }) => position > 0 || pass !== 'inputGradient');
  });
}

/**
 * The share of the lanes of whole vectors that a result has: 6 channels fill three quarters of two.
 *
 * @param {Work} work With so many lanes.
 */
export function fillOf({ lanes }) {
  return lanes / (vectorLanes * Math.ceil(lanes / vectorLanes));
}

/**
 * @param {import('./network.js').Convolution} layer
 * @param {number} batchSize
 * @returns {Work[]}
 */
function convolutionWorks({ inChannels, outChannels, outSize, kernel, stride }, batchSize) {
  const layer = `${outChannels}@${kernel}×${kernel}${stride === 1 ? '' : `/${stride}`}`;
  const multiplyAdds = batchSize * outSize ** 2 * outChannels * inChannels * kernel ** 2;
  const filter = [outChannels, inChannels, kernel, kernel];
  return /** @type {const} */ (['forward', 'inputGradient', 'filterGradient']).map((pass) => ({
    ...{ layer, pass, multiplyAdds, lanes: pass === 'inputGradient' ? inChannels : outChannels },
    isKernel: (given) =>
      given.kind === 'conv2d' && given.pass === pass && equal(given.filter, filter),
  }));
}

/**
 * @param {import('./network.js').Dense} layer
 * @param {number} batchSize
 * @returns {Work[]}
 */
function denseWorks({ inFeatures, outFeatures }, batchSize) {
  const layer = `${inFeatures} → ${outFeatures}`;
  const multiplyAdds = batchSize * inFeatures * outFeatures;
  /** @type {[Work['pass'], number, number, number][]} Rows, columns and depth of each. */
  const products = [
    ['forward', batchSize, outFeatures, inFeatures],
    ['inputGradient', batchSize, inFeatures, outFeatures],
    ['filterGradient', outFeatures, inFeatures, batchSize],
  ];
  return products.map(([pass, rows, columns, depth]) => ({
    ...{ layer, pass, multiplyAdds, lanes: columns },
    isKernel: (given) =>
      given.kind === 'matMul' && given.depth === depth && equal(given.shape, [rows, columns]),
  }));
}

/** Whether two shapes are the same. */
function equal(/** @type {readonly number[]} */ a, /** @type {readonly number[]} */ b) {
  return a.length === b.length && a.every((extent, axis) => extent === b[axis]);
}
