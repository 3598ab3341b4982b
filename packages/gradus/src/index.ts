/** `gradus`: the packages of Gradus in one import. */
export { autoDevice, type AutoDevice, type AutoDeviceOptions } from './auto-device.js';
export * from '@gradus/autograd';
export * from '@gradus/backend-cpu';
export * from '@gradus/backend-wasm';
export * from '@gradus/backend-webgpu';
export * from '@gradus/core';
export * from '@gradus/data';
export * from '@gradus/layers';
export * from '@gradus/mnist';
export * from '@gradus/models';
export * from '@gradus/optim';

// Where core and data use one name, it is core's: its types take in those of data.
export type { DataType, TensorData, TypedArray } from '@gradus/core';

// Keys, not samplers: those of the host stay in @gradus/random, beside those of core they confuse.
export {
  HostKey,
  RandomError,
  RandomStream,
  isHostKey,
  permutation,
  randomKey,
  randomStream,
  type RandomErrorCode,
  type RandomKey,
  type RandomStreamState,
} from '@gradus/random';
