export { adadeltaDirection, type AdadeltaDirectionOptions } from './adadelta-direction.js';
export { adamDirection, type AdamDirectionOptions } from './adam-direction.js';
export { lionDirection, type LionDirectionOptions } from './lion-direction.js';
export { momentum, type MomentumOptions } from './momentum.js';
export { scaleByRootMeanSquare, type MeanSquareOptions } from './scale-by-root-mean-square.js';
export {
  scaleByRootSumOfSquares,
  type SumOfSquaresOptions,
} from './scale-by-root-sum-of-squares.js';
export { scaleBySchedule } from './scale-by-schedule.js';
export { scaleByStandardDeviation } from './scale-by-standard-deviation.js';
export { weightDecay } from './weight-decay.js';
