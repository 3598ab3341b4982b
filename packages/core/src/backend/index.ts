/** The backend author's door: everything a backend needs, and nothing else of the engine. */
export {
  axisClasses,
  elementsOf,
  placesOf,
  type AxisClass,
  type WindowAxis,
} from './axis-classes.js';
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
export { lowerKernel, lowerMatMul } from '../plan/lower.js';
export { lowerConv2d, lowerPool2d, lowerUnpool2d } from '../plan/lower-window.js';
export { DeviceError, DeviceLostError, GradusError, OutOfMemoryError } from '../errors.js';
export { Device } from '../runtime/device.js';
export { doAtOnce, doInTurns, type Pieces } from '../runtime/turns.js';
