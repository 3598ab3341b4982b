export { constant } from './constant.js';
export { cosine, type CosineOptions } from './cosine.js';
export { cosineRestarts, type CosineRestartsOptions } from './cosine-restarts.js';
export {
  exponential,
  exponentialDecay,
  type ExponentialDecayOptions,
  type ExponentialOptions,
} from './exponential.js';
export { inverseTime, type InverseTimeOptions } from './inverse-time.js';
export { oneCycle, type OneCycleOptions } from './one-cycle.js';
export { piecewise, type PiecewiseOptions } from './piecewise.js';
export { polynomial, type PolynomialOptions } from './polynomial.js';
export { step, type StepOptions } from './step.js';
export { warmUp, type WarmUpOptions } from './warm-up.js';
