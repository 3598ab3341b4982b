import { Variable, type Tensor } from '@gradus/core';
import { expect, it } from 'vitest';
import {
  adadelta,
  adagrad,
  adam,
  adamW,
  clipByValue,
  lion,
  Optimizer,
  rmsProp,
  schedules,
  sgd,
  transforms,
} from '../src/index.js';
import { expectError } from './support.js';

// tsc checks each of these; the run checks that they throw as well.
const mistakes: Readonly<Record<string, () => unknown>> = {
  // @ts-expect-error a rate must be given
  'sgd without a rate': () => sgd({}),
  // @ts-expect-error PyTorch's name
  'an unknown option': () => adam({ learningRate: 0.1, lr: 0.1 }),
  // @ts-expect-error no pair of betas
  betas: () => adamW({ betas: [0.9, 0.999] }),
  // @ts-expect-error a rate is no string
  'a rate of another type': () => rmsProp({ learningRate: '0.1' }),
  // @ts-expect-error true or false
  'a truth value of another type': () => rmsProp({ centered: 1 }),
  // @ts-expect-error Lion divides by nothing
  'an option of others': () => lion({ epsilon: 1e-8 }),
  // @ts-expect-error options are an object
  'no options': () => adadelta(1),
  // @ts-expect-error not a transform, but what makes one
  'clip of another type': () => adagrad({ clip: clipByValue }),
  // @ts-expect-error a group needs match
  'a group of nobody': () => adam({ groups: [{ weightDecay: 0 }] }),
  // @ts-expect-error a factor, not a rate
  'a rate in a group': () => adam({ groups: [{ match: () => true, learningRate: 1 }] }),
  // @ts-expect-error transforms are missing
  'no transforms': () => new Optimizer({ learningRate: 1 }),
  // @ts-expect-error decay is a number
  'a filter of decay': () => transforms.weightDecay({ decay: () => true }),
  // @ts-expect-error both are needed
  'half of a schedule': () => schedules.exponential({ initial: 1 }),
};

it.each(Object.entries(mistakes))('%s neither compiles nor runs', (_, make) => {
  expectError(make, 'ARGUMENT', /must|unknown option|expected an object of options/);
});

it('predicates see names and variables', () => {
  const match = (name: string, parameter: Variable): boolean =>
    name.endsWith('bias') || parameter.shape.length < 2;
  const rate = (step: Tensor): Tensor => step.mul(0.1);
  expect(adamW({ learningRate: rate, groups: [{ match, weightDecay: undefined }] }).name).toBe(
    'adamW',
  );
});
