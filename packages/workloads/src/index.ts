/** `@gradus/workloads`: what Gradus is timed by, on any device, with every result verified. */
export { convolution, type ConvolutionPass, type ConvolutionSizes } from './convolution.js';
export { matrixProduct } from './matrix-product.js';
export { measure, type Measurement, type MeasureOptions } from './measure.js';
export { convLarge, lenet } from './networks.js';
export {
  tensorFunction,
  type ExactElement,
  type Operands,
  type TensorFunction,
} from './tensor-function.js';
export { trainingStep } from './training-step.js';
export {
  WorkloadError,
  type PreparedRound,
  type StartedWorkload,
  type Workload,
  type WorkloadResult,
} from './workload.js';
export { workloads } from './workloads.js';
