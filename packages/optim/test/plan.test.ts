import {
  compile,
  inspectPlan,
  sizeOf,
  Variable,
  zeros,
  type Plan,
  type Tensor,
} from '@gradus/core';
import { expect, it } from 'vitest';
import {
  adam,
  clipByGlobalNorm,
  clipByValue,
  isVector,
  schedules,
  type Optimizer,
  type Schedule,
} from '../src/index.js';
import { everyOptimizer } from './every-optimizer.js';
import { useCpu } from './support.js';

useCpu();

function planOfUpdate(optimizer: Optimizer, parameters: Record<string, Variable>): Plan {
  const step = compile((gradients: Record<string, Tensor>) =>
    optimizer.update(parameters, gradients),
  );
  const gradients = Object.entries(parameters).map(([name, { shape }]) => [name, zeros(shape)]);
  return step.plan(Object.fromEntries(gradients) as Record<string, Tensor>);
}

const one = () => ({ weight: new Variable(zeros([30, 20])) });
const three = () => ({
  ...one(),
  bias: new Variable(zeros([20])),
  scale: new Variable(zeros([7])),
});

/** Sizes of the kernels' index spaces, and how many outputs each of them writes. */
function kernels(plan: Plan): string[] {
  return plan.kernels.map((kernel) => {
    const outputs = 'outputs' in kernel ? kernel.outputs.length : 1;
    return `${kernel.kind} ${sizeOf(kernel.shape)} ${outputs}`;
  });
}

const isScalar = (kernel: string): boolean => kernel.startsWith('map 1 ');

it('a whole Adam update of a parameter is one pass', () => {
  // The scalar kernel has both bias corrections and the step.
  expect(kernels(planOfUpdate(adam(), one()))).toEqual(['map 1 3', 'map 600 3']);
  expect(kernels(planOfUpdate(adam({ weightDecay: 0.1 }), three()))).toEqual([
    'map 1 3',
    'map 600 3',
    'map 20 3',
    'map 7 3',
  ]);
});

it.each<[string, Schedule]>([
  ['exponentialDecay', schedules.exponentialDecay({ amplitude: 1, timeConstant: 10 })],
  ['step', schedules.step({ initial: 1, factor: 0.5, every: 10 })],
  ['oneCycle', schedules.oneCycle({ maximum: 1, steps: 10 })],
  [
    'warmUp to cosineRestarts',
    schedules.warmUp({
      steps: 10,
      schedule: schedules.cosineRestarts({ initial: 1, steps: 10, growth: 2 }),
    }),
  ],
])('%s joins the scalars', (_, learningRate) => {
  const plan = planOfUpdate(adam({ learningRate }), three());
  expect(kernels(plan)[0]).toBe('map 1 4');
  expect(plan.kernels).toHaveLength(4);
});

it.each(everyOptimizer)('a whole update by %s is one pass', (_, make, slots) => {
  const outputs = 1 + slots.length;
  const groups = [{ match: isVector, learningRateFactor: 0.1, weightDecay: 0.5 }];
  for (const optimizer of [make(), make({ groups, clip: clipByValue(1) })]) {
    const passes = kernels(planOfUpdate(optimizer, three())).filter((each) => !isScalar(each));
    expect(passes).toEqual([`map 600 ${outputs}`, `map 20 ${outputs}`, `map 7 ${outputs}`]);
  }
});

it('the scalars of a step are one pass', () => {
  for (const [, make] of everyOptimizer) {
    expect(kernels(planOfUpdate(make(), three())).filter(isScalar)).toHaveLength(1);
  }
});

it('clipping by norm reads every gradient once more; the last sum makes the factor', () => {
  const plan = planOfUpdate(adam({ clip: clipByGlobalNorm(1) }), three());
  expect(kernels(plan).toSorted()).toEqual([
    'map 1 3',
    'map 20 3',
    'map 600 3',
    'map 7 3',
    'reduce 1 1',
    'reduce 1 1',
    'reduce 1 1',
  ]);
});

it('updates happen in place, and no option is baked in', () => {
  const plan = planOfUpdate(adam({ learningRate: 0.123 }), one());
  const written = plan.buffers.filter((each) => each.role === 'input' && each.written);
  expect(written).toHaveLength(4); // parameter, moments, step
  expect(inspectPlan(plan)).not.toContain('0.123');
});
