import { afterAll, describe, expect, it } from 'vitest';
import { backendSuite, layerSuite } from '../src/index.js';
import { interpreter } from './third-party/backend.js';
import { Affine } from './third-party/layer.js';
import { trainClassifier } from './third-party/train.js';

const runner = { describe, it, after: afterAll };

await backendSuite(runner, { createDevice: interpreter });

layerSuite(runner, {
  create: () => new Affine(5, 3),
  inputShape: [4, 5],
  outputShape: [4, 3],
  parameters: { weight: [3, 5], bias: [3] },
});

it('a layer and a backend of somebody else train a classifier', async () => {
  const options = { digits: 200, steps: 20 };
  const accuracy = await trainClassifier(interpreter(), new Affine(784, 10), options);
  expect(accuracy).toBeGreaterThan(0.6);
});
