import { grad } from '@gradus/autograd';
import { cpu } from '@gradus/backend-cpu';
import { compile, setDefaultDevice, Variable, type Tensor } from '@gradus/core';
import { expect, it } from 'vitest';
import { adam, schedules, sgd, type Optimizer } from '../src/index.js';
import { useCpu } from './support.js';

useCpu();

const decay = schedules.exponentialDecay({ minimum: 1e-3, amplitude: 0.3, timeConstant: 50 });

it.each<[string, Optimizer]>([
  ['sgd', sgd({ learningRate: 0.02 })],
  ['sgd with momentum', sgd({ learningRate: 0.01, momentum: 0.9 })],
  ['sgd with Nesterov momentum', sgd({ learningRate: 0.01, momentum: 0.9, nesterov: true })],
  ['adam', adam({ learningRate: 0.1 })],
  ['adam with a falling rate', adam({ learningRate: decay })],
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
});

it('thousands of steps leave memory as it was', async () => {
  const device = cpu();
  setDefaultDevice(device);
  const model = { weight: new Variable(new Float32Array(1000)) };
  const optimizer = adam({ learningRate: 1e-3 });
  const step = compile((target: Tensor) => {
    const loss = model.weight.value.sub(target).square().sum();
    optimizer.update(model, grad(loss, model));
    return loss;
  });
  const target = new Float32Array(1000).fill(1);
  for (let index = 0; index < 20; index++) await step(target);
  const before = device.memory();
  for (let index = 0; index < 2000; index++) await step(target);
  const after = device.memory();
  expect(after).toEqual(before);
});
