import { defineNetwork } from './network.js';

/** The lecture's `mlp-relu`. */
export const mlp = defineNetwork({
  name: 'step-mlp',
  batchSize: 100,
  rate: { minimum: 1e-4, amplitude: 3e-3, timeConstant: 2000 },
  layers: [200, 100, 60, 30, 10].map((features) => ({ features })),
});
