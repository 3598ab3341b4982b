import { grad } from '@gradus/autograd';
import { cpu } from '@gradus/backend-cpu';
import { compile, setDefaultDevice, type Tensor } from '@gradus/core';
import { accuracy } from '@gradus/layers';
import { syntheticDigits, type DigitSplits } from '@gradus/mnist';
import { randomKey, randomStream, type RandomKey } from '@gradus/random';
import { beforeAll, expect, it } from 'vitest';
import { models, type ModelName } from '../src/index.js';

let digits: DigitSplits;

beforeAll(() => {
  setDefaultDevice(cpu());
  digits = syntheticDigits({ train: 2000, test: 500, seed: 1 });
});

/** The accuracy on the test digits after a few epochs on the training digits. */
async function trained(name: ModelName, epochs: number, learningRate?: number): Promise<number> {
  const recipe = models[name];
  const model = recipe.network(randomKey(1));
  const optimizer = recipe.optimizer({ learningRate });
  const step = compile((images: Tensor, labels: Tensor, random: RandomKey) => {
    const logits = model.forward(images, { training: true, random });
    const loss = recipe.loss(logits, labels);
    optimizer.update(model, grad(loss, model));
    return loss;
  });
  const keys = randomStream(2);
  for (let epoch = 0; epoch < epochs; epoch++) {
    for (const { images, labels } of digits.train.batches(recipe.batchSize)) {
      await step(images, labels, keys.next());
    }
  }
  const assess = compile((images: Tensor, labels: Tensor) =>
    accuracy(model.forward(images), labels),
  );
  const [{ images, labels }] = [...digits.test.batches(500)] as [{ images: never; labels: never }];
  return (await assess(images, labels)).item();
}

it.each<[ModelName, number, number]>([
  ['softmax', 4, 0.8],
  ['mlp-sigmoid', 8, 0.5],
  ['mlp-relu', 4, 0.85],
  ['mlp-dropout', 4, 0.8],
  ['mlp-sigmoid-bn', 4, 0.8],
  ['mlp-relu-bn', 3, 0.8],
])('%s learns digits in %d epochs', async (name, epochs, bound) => {
  expect(await trained(name, epochs)).toBeGreaterThan(bound);
});

it('a learning rate of 0 leaves the network as ignorant as it was', async () => {
  expect(await trained('mlp-relu', 1, 0)).toBeLessThan(0.3);
});
