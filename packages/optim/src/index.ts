export { adadelta, type AdadeltaOptions } from './adadelta.js';
export { adagrad, type AdagradOptions } from './adagrad.js';
export { adam, type AdamOptions } from './adam.js';
export { adamW, type AdamWOptions } from './adam-w.js';
export { globalNorm } from './global-norm.js';
export {
  isVector,
  type GroupOptions,
  type ParameterFilter,
  type ParameterGroup,
} from './groups.js';
export { lion, type LionOptions } from './lion.js';
export { Optimizer, type OptimizerOptions } from './optimizer.js';
export type { CommonOptions } from './options.js';
export { rmsProp, type RmsPropOptions } from './rms-prop.js';
export * as schedules from './schedules/index.js';
export type { LearningRate, Schedule } from './schedules/schedule.js';
export { sgd, type SgdOptions } from './sgd.js';
export type { StepContext, Transform, Update } from './transform.js';
export { clipByGlobalNorm } from './transforms/clip-by-global-norm.js';
export { clipByValue } from './transforms/clip-by-value.js';
export * as transforms from './transforms/index.js';
