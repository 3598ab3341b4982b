/**
 * What a contestant can do. Data are given as typed arrays in the host's memory; that they reach
 * the device, and the result comes back, is part of the work.
 *
 * @typedef {object} Library
 * @property {string} description Version, threads, whether it multiplies and adds in one instruction.
 * @property {(network: import('../cases/network.js').Network) => Promise<TrainingStep>} training
 * @property {(product: import('../cases/product.js').Product) => Promise<Multiply>} product
 */

/**
 * A step of training on a batch of images, a batch × 784 matrix of pixels, and labels. Returns the
 * loss before the step.
 *
 * @typedef {(batch: { images: Float32Array, labels: Int32Array }) => Promise<number>} TrainingStep
 */

/**
 * @typedef {(operands: { left: Float32Array, right: Float32Array }) => Promise<Float32Array>} Multiply
 */

export {};
