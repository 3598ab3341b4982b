import { defineNetwork } from './network.js';

/** The lecture's `conv-dropout`. */
export const convDropout = defineNetwork({
  name: 'step-conv-dropout',
  batchSize: 100,
  rate: { minimum: 1e-4, amplitude: 3e-3, timeConstant: 2000 },
  layers: [
    { filters: 6, kernel: 6 },
    { filters: 12, kernel: 5, stride: 2 },
    { filters: 24, kernel: 4, stride: 2 },
    { features: 200 },
    { dropout: 0.25 },
    { features: 10 },
  ],
});
