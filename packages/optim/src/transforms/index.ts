export { adamDirection, type AdamDirectionOptions } from './adam-direction.js';
export { momentum, type MomentumOptions } from './momentum.js';
export { weightDecay } from './weight-decay.js';
