export { adam, type AdamOptions } from './adam.js';
export { Optimizer, type OptimizerOptions } from './optimizer.js';
export * as schedules from './schedules/index.js';
export type { LearningRate, Schedule } from './schedules/schedule.js';
export { sgd, type SgdOptions } from './sgd.js';
export type { StepContext, Transform, Update } from './transform.js';
export * as transforms from './transforms/index.js';
export { weightsOnly, type DecayPredicate } from './transforms/weight-decay.js';
