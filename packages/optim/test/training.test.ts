import { grad } from '@gradus/autograd';
import { cpu } from '@gradus/backend-cpu';
import { compile, setDefaultDevice, stack, tensor, Variable, type Tensor } from '@gradus/core';
import { expect, it } from 'vitest';
import {
  adadelta,
  adagrad,
  adam,
  adamW,
  clipByGlobalNorm,
  lion,
  rmsProp,
  schedules,
  sgd,
  type Optimizer,
} from '../src/index.js';
import { everyOptimizer } from './every-optimizer.js';
import { useCpu } from './support.js';

useCpu();

const decay = schedules.exponentialDecay({ minimum: 1e-3, amplitude: 0.3, timeConstant: 50 });
const slower = schedules.exponentialDecay({ amplitude: 2, timeConstant: 100 });

it.each<[string, Optimizer]>([
  ['sgd', sgd({ learningRate: 0.02 })],
  ['sgd with momentum', sgd({ learningRate: 0.01, momentum: 0.9 })],
  ['sgd with Nesterov momentum', sgd({ learningRate: 0.01, momentum: 0.9, nesterov: true })],
  ['adam', adam({ learningRate: 0.1 })],
  ['adam with a falling rate', adam({ learningRate: decay })],
  ['adamW', adamW({ learningRate: 0.1, weightDecay: 1e-4 })],
  ['rmsProp', rmsProp({ learningRate: decay, alpha: 0.9 })],
  ['rmsProp with momentum', rmsProp({ learningRate: decay, alpha: 0.9, momentum: 0.5 })],
  ['adagrad', adagrad({ learningRate: 1 })],
  ['adadelta', adadelta({ learningRate: slower, epsilon: 1e-4 })],
  ['lion', lion({ learningRate: decay })],
  ['sgd, clipped', sgd({ learningRate: 0.02, momentum: 0.5, clip: clipByGlobalNorm(2) })],
])('%s finds the bottom of a narrow valley', async (_, optimizer) => {
  const model = { x: new Variable(-2), y: new Variable(-2) };
  const step = compile(() => {
    const across = model.y.value.sub(model.x).square().mul(20);
    const loss = model.x.value.sub(1).square().add(across);
    optimizer.update(model, grad(loss, model));
    return loss;
  });
  const before = await (await step()).item();
  for (let index = 0; index < 400; index++) await step();
  expect(before).toBe(9);
  expect(await (await step()).item()).toBeLessThan(1e-3);
  expect(step.traces).toBe(1);
});

// One feature a hundred times as large as the other, which decides just as much.
const large = [100, -100, 100, -100, 200, -200, 200, -200];
const small = [1, 1, -1, -1, 1, 1, -1, -1];
const labels = large.map((value, index) => (value / 100 + 3 * small[index]! > 0 ? 1 : 0));

it.each<[string, Optimizer]>([
  ['adam', adam({ learningRate: 0.1 })],
  ['adamW', adamW({ learningRate: 0.1 })],
  ['rmsProp', rmsProp({ learningRate: 0.05 })],
  ['rmsProp, centred', rmsProp({ learningRate: 0.01, centered: true, epsilon: 1e-3 })],
  ['adagrad', adagrad({ learningRate: 0.5 })],
  ['adadelta', adadelta({ learningRate: 20 })],
  ['lion', lion({ learningRate: 0.05 })],
])('%s separates classes by features of very different sizes', async (_, optimizer) => {
  const trained = await logisticRegression(optimizer);
  const plain = await logisticRegression(sgd({ learningRate: 1e-4 }));
  expect(trained).toBeLessThan(0.1);
  expect(plain).toBeGreaterThan(0.3);
});

/** The mean loss after 300 steps. */
async function logisticRegression(optimizer: Optimizer): Promise<number> {
  const model = { weight: new Variable([0, 0]), bias: new Variable(0) };
  const features = stack([tensor(large), tensor(small)], 1);
  const step = compile(() => {
    const logits = features.mul(model.weight).sum(1).add(model.bias);
    // −log σ(±logit), the sign by the label.
    const signed = logits.mul(tensor(labels).mul(2).sub(1));
    const loss = signed.sigmoid().log().mean().neg();
    optimizer.update(model, grad(loss, model));
    return loss;
  });
  for (let index = 0; index < 300; index++) await step();
  return (await step()).item();
}

it.each(everyOptimizer)('%s leaves memory as it was', async (_, make) => {
  const device = cpu();
  setDefaultDevice(device);
  const model = { weight: new Variable(new Float32Array(1000)) };
  const optimizer = make({ clip: clipByGlobalNorm(1) });
  const step = compile((target: Tensor) => {
    const loss = model.weight.value.sub(target).square().sum();
    optimizer.update(model, grad(loss, model));
    return loss;
  });
  const target = new Float32Array(1000).fill(1);
  for (let index = 0; index < 20; index++) await step(target);
  const before = device.memory();
  for (let index = 0; index < 1000; index++) await step(target);
  const after = device.memory();
  expect(after).toEqual(before);
});
