import { defineNetwork } from './network.js';

/** The lecture's largest network without what surrounds its products. */
export const convLarge = defineNetwork({
  name: 'step-conv-large',
  batchSize: 100,
  rate: { minimum: 1e-4, amplitude: 3e-3, timeConstant: 2000 },
  layers: [
    { filters: 24, kernel: 6 },
    { filters: 48, kernel: 5, stride: 2 },
    { filters: 64, kernel: 4, stride: 2 },
    { features: 200 },
    { features: 10 },
  ],
});
