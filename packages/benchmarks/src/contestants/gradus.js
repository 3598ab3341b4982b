import { grad } from '@gradus/autograd';
import { cpu } from '@gradus/backend-cpu';
import { wasm } from '@gradus/backend-wasm';
import { compile, relu, setDefaultDevice, tensor } from '@gradus/core';
import {
  BatchNorm,
  Conv2d,
  crossEntropy,
  Dense,
  Dropout,
  Flatten,
  initializers,
  MaxPool2d,
  Sequential,
} from '@gradus/layers';
import { adam, schedules } from '@gradus/optim';
import { randomStream } from '@gradus/random';
import { imageSize, initialParameters } from '../cases/network.js';

/**
 * @typedef {import('../cases/network.js').Network} Network
 * @typedef {{ images: Float32Array, labels: Int32Array }} Batch
 * @typedef {import('@gradus/core').Tensor} Tensor
 * @typedef {import('@gradus/random').RandomKey} RandomKey
 */

/**
 * Gradus, with its WebAssembly backend or the plain one.
 *
 * @param {{ backend: string, threads: number }} options `wasm` or `cpu`.
 * @returns {Promise<import('./library.js').Library>}
 */
export async function open({ backend, threads }) {
  const device = backend === 'cpu' ? cpu() : await wasm({ threads });
  const { count, reason } = device.capabilities.threads;
  if (count !== threads) throw new Error(`${count} threads instead of ${threads}: ${reason}`);
  return libraryOn(device);
}

/**
 * Gradus on a device.
 *
 * @param {import('@gradus/core/backend').Device} device Becomes the default one.
 * @returns {import('./library.js').Library}
 */
export function libraryOn(device) {
  setDefaultDevice(device);
  return { description: `Gradus on ${device.capabilities.description}`, training, product };
}

/** @type {import('./library.js').Library['training']} */
async function training(network) {
  const { run } = await compileStep(network);
  return run;
}

/**
 * A training step on the default device.
 *
 * @param {Network} network What is trained.
 * @returns A function that takes a step, and one that shows what it was compiled to.
 */
export async function compileStep(network) {
  const model = await modelOf(network);
  const optimizer = adam({ learningRate: schedules.exponentialDecay(network.rate) });
  const step = compile(
    (
      /** @type {Tensor} */ images,
      /** @type {Tensor} */ labels,
      /** @type {RandomKey} */ random,
    ) => {
      const loss = crossEntropy(model.forward(images, { training: true, random }), labels);
      optimizer.update(model, grad(loss, model));
      return loss;
    },
  );
  const shape = [network.batchSize, 1, imageSize, imageSize];
  const keys = randomStream(1);
  const given = (/** @type {Batch} */ { images, labels }) =>
    /** @type {const} */ ([
      tensor(images, { shape }),
      tensor(labels, { dtype: 'int32' }),
      keys.next(),
    ]);
  return {
    run: async (/** @type {Batch} */ batch) => (await step(...given(batch))).item(),
    compiled: (/** @type {Batch} */ batch) => step.compiled(...given(batch)),
  };
}

/** The network with its initial parameters. */
async function modelOf(/** @type {Network} */ network) {
  const values = initialParameters(network);
  let weighted = 0;
  /** @type {import('@gradus/core').Layer[]} */
  const layers = [];
  for (const layer of network.layers) {
    if (layer.type === 'pool') layers.push(new MaxPool2d({ kernelSize: layer.window }));
    else if (layer.type === 'dropout') layers.push(new Dropout(layer.rate));
    else {
      const { weight, shape, bias } = /** @type {typeof values[0]} */ (values[weighted++]);
      const { normalized } = layer;
      const activation = normalized || ('last' in layer && layer.last) ? undefined : relu;
      const options = { activation, bias: !normalized };
      if (layer.type === 'dense' && layers.every((other) => !(other instanceof Flatten))) {
        layers.push(new Flatten());
      }
      const made = layer.type === 'dense' ? denseOf(layer, options) : convolutionOf(layer, options);
      made.weight.assign(tensor(weight, { shape }));
      made.bias?.assign(tensor(bias));
      layers.push(made);
      if (normalized) layers.push(normalizationOf(bias));
    }
  }
  return new Sequential(layers);
}

/**
 * @typedef {{ activation: typeof relu | undefined, bias: boolean }} Options
 */

/** */
function denseOf(
  /** @type {import('../cases/network.js').Dense} */ { inFeatures, outFeatures },
  /** @type {Options} */ options,
) {
  return new Dense(inFeatures, outFeatures, options);
}

/** */
function convolutionOf(
  /** @type {import('../cases/network.js').Convolution} */ layer,
  /** @type {Options} */ options,
) {
  const { inChannels, outChannels, kernel, stride } = layer;
  const [before, behind] = layer.padding;
  const padding = { top: before, bottom: behind, left: before, right: behind };
  return new Conv2d(inChannels, outChannels, { ...options, kernelSize: kernel, stride, padding });
}

/** */
function normalizationOf(/** @type {Float32Array} */ offsets) {
  const offsetInitializer = initializers.constant(offsets[0] ?? 0);
  const options = { decay: 0.999, scale: false, offsetInitializer, activation: relu };
  return new BatchNorm(offsets.length, options);
}

/** @type {import('./library.js').Library['product']} */
async function product({ rows, size, length }) {
  const multiply = compile((/** @type {Tensor} */ left, /** @type {Tensor} */ right) => {
    let result = left;
    for (let i = 0; i < length; i++) result = result.matMul(right);
    return result;
  });
  return async ({ left, right }) => {
    const a = tensor(left, { shape: [rows, size] });
    const result = await multiply(a, tensor(right, { shape: [size, size] }));
    return /** @type {Promise<Float32Array>} */ (result.data());
  };
}
