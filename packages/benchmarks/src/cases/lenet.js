import { defineNetwork } from './network.js';

/** LeNet with ReLU, as digit recognisers in JavaScript have it. */
export const lenet = defineNetwork({
  name: 'step-lenet',
  batchSize: 250,
  rate: { minimum: 1e-4, amplitude: 3e-3, timeConstant: 2000 },
  layers: [
    { filters: 24, kernel: 5, padding: 'valid' },
    { pool: 2 },
    { filters: 32, kernel: 3, padding: 'valid' },
    { pool: 2 },
    { features: 128 },
    { features: 10 },
  ],
});
