import { grad } from '@gradus/autograd';
import { sigmoid, softmax, Variable, type DataType, type Tensor } from '@gradus/core';
import { expect, it } from 'vitest';
import * as layers from '../src/index.js';
import { describeAgreement, type Draw } from './agreement.js';

const {
  binaryCrossEntropyWithLogits,
  crossEntropy,
  hinge,
  huber,
  meanAbsoluteError,
  meanSquaredError,
  multiClassHinge,
} = layers;

/** Losses of one kind, and what each of them is a function of. */
interface Example {
  readonly losses: readonly ((x: Variable, y: Tensor) => Tensor)[];
  readonly target: (draw: Draw, dtype: DataType) => Tensor;
}

const shape = [6, 5] as const;
const none = { reduction: 'none' } as const;
const numbers: Example['target'] = (draw, dtype) => draw(shape, dtype);
const labels: Example['target'] = (draw) => draw([shape[0]], 'int32');

const examples: Readonly<Record<string, Example>> = {
  binaryCrossEntropyWithLogits: {
    losses: [
      (x, y) => binaryCrossEntropyWithLogits(x, y),
      (x, y) => binaryCrossEntropyWithLogits(x, y, { positiveWeight: 3, reduction: 'sum' }),
    ],
    target: (draw, dtype) => sigmoid(draw(shape, dtype)),
  },
  crossEntropy: {
    losses: [(x, y) => crossEntropy(x, y), (x, y) => crossEntropy(x, y, { labelSmoothing: 0.1 })],
    target: labels,
  },
  'crossEntropy of probabilities': {
    losses: [(x, y) => crossEntropy(x, y, none)],
    target: (draw, dtype) => softmax(draw(shape, dtype)),
  },
  hinge: {
    losses: [(x, y) => hinge(x, y), (x, y) => hinge(x, y, { margin: 0.7, ...none })],
    target: (draw, dtype) => draw(shape, dtype).sign(),
  },
  huber: {
    losses: [(x, y) => huber(x, y), (x, y) => huber(x, y, { delta: 0.3, reduction: 'sum' })],
    target: numbers,
  },
  l1Penalty: { losses: [(x) => layers.l1Penalty([x], 0.2)], target: numbers },
  l2Penalty: { losses: [(x) => layers.l2Penalty([x], 0.2)], target: numbers },
  meanAbsoluteError: {
    losses: [(x, y) => meanAbsoluteError(x, y), (x, y) => meanAbsoluteError(x, y, none)],
    target: numbers,
  },
  meanSquaredError: {
    losses: [(x, y) => meanSquaredError(x, y), (x, y) => meanSquaredError(x, y, none)],
    target: numbers,
  },
  multiClassHinge: {
    losses: [
      (x, y) => multiClassHinge(x, y),
      (x, y) => multiClassHinge(x, y, { margin: 0.7, ...none }),
    ],
    target: labels,
  },
};

it('has an example of every loss', () => {
  const others = ['accuracy', 'pyTorchNaming', 'setSeed', 'summary'];
  const isFunction = (name: string): boolean => /^[a-z]/.test(name) && !others.includes(name);
  const functions = Object.entries(layers).filter(([, value]) => typeof value === 'function');
  const losses = functions.map(([name]) => name).filter(isFunction);
  const shown = Object.keys(examples).map((name) => name.split(' ')[0]);
  expect([...new Set(shown)].sort()).toEqual(losses.sort());
});

await describeAgreement((expectAgreement) => {
  it.each(Object.entries(examples))('%s', async (_, { losses, target }) => {
    for (const loss of losses) {
      await expectAgreement((draw, dtype) => {
        const [x, y] = [new Variable(draw(shape, dtype)), target(draw, dtype)];
        const output = loss(x, y);
        const gradient = draw(output.shape, dtype);
        return { output, gradient: grad(output, x, { gradient }) };
      });
    }
  });
});
