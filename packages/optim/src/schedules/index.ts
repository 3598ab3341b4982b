export { constant } from './constant.js';
export {
  exponential,
  exponentialDecay,
  type ExponentialDecayOptions,
  type ExponentialOptions,
} from './exponential.js';
export { inverseTime, type InverseTimeOptions } from './inverse-time.js';
