import { defineNetwork } from './network.js';

/** The lecture's `conv-bn-dropout`. */
export const convBnDropout = defineNetwork({
  name: 'step-conv-bn-dropout',
  batchSize: 100,
  rate: { minimum: 1e-4, amplitude: 2e-2, timeConstant: 1600 },
  layers: [
    { filters: 24, kernel: 6, normalized: true },
    { filters: 48, kernel: 5, stride: 2, normalized: true },
    { filters: 64, kernel: 4, stride: 2, normalized: true },
    { features: 200, normalized: true },
    { dropout: 0.25 },
    { features: 10 },
  ],
});
