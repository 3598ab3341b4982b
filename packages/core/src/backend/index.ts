/** The backend author's door: everything a backend needs, and nothing else of the engine. */
export * from './backend.js';
export * from './expression.js';
export * from './kernels.js';
export { combiningOperations, valueRange } from './reductions.js';
export { assertHolds, runArgumentsCheck, type RunArguments } from './run-arguments.js';
export { castTo, roundTo, scalarFunction, type ScalarFunction } from './semantics.js';
export {
  allocateTypedArray,
  bytesOf,
  bytesPerElement,
  dataTypes,
  isFloating,
  isInteger,
  viewAsTypedArray,
  type DataType,
  type TypedArray,
} from '../dtype.js';
export type { Convolution2d, Window2d } from '../graph/window.js';
export { sizeOf, stridesOf, type Shape } from '../shape.js';
export { lowerMatMul } from '../plan/lower.js';
export { DeviceError, DeviceLostError, GradusError, OutOfMemoryError } from '../errors.js';
export { Device } from '../runtime/device.js';
