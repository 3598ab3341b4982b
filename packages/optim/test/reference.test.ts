import { tensor, Variable } from '@gradus/core';
import fc from 'fast-check';
import { describe, it } from 'vitest';
import * as optim from '../src/index.js';
import * as reference from './reference.js';
import { expectClose, useCpu } from './support.js';

useCpu();

const share = fc.double({ min: 0, max: 0.99, noNaN: true });
const rate = fc.float({ min: Math.fround(1e-4), max: 1, noNaN: true });
const weightDecay = fc.constantFrom(0, 0.01, 0.3);
const epsilon = fc.double({ min: 1e-8, max: 1e-2, noNaN: true });

// Not near 0, where the sign that Lion takes could be one or the other.
const gradient = fc
  .tuple(fc.constantFrom(-1, 1), fc.double({ min: 0.05, max: 5, noNaN: true }))
  .map(([sign, magnitude]) => sign * magnitude);
const run = fc.record({
  initial: fc.double({ min: -2, max: 2, noNaN: true }),
  gradients: fc.array(gradient, { minLength: 1, maxLength: 8 }),
});

const adamOptions = fc.record({
  learningRate: rate,
  beta1: share,
  // Near 0, a gradient that almost cancels its decay is magnified, and so is rounding.
  beta2: fc.double({ min: 0.5, max: 0.9999, noNaN: true }),
  epsilon,
  weightDecay,
});

/** Steps on a float64 parameter, where only the rate and the count are float32, agree. */
function follows<Options>(
  options: fc.Arbitrary<Options>,
  make: (options: Options) => optim.Optimizer,
  stepOf: (options: Options) => reference.Step,
): () => Promise<void> {
  return () =>
    fc.assert(
      fc.asyncProperty(options, run, async (given, { initial, gradients }) => {
        const w = new Variable(tensor([initial], { dtype: 'float64' }));
        const [optimizer, step] = [make(given), stepOf(given)];
        let expected = initial;
        for (const [index, value] of gradients.entries()) {
          optimizer.update({ w }, { w: tensor([value], { dtype: 'float64' }) });
          expected -= step(value, expected, index + 1);
        }
        expectClose([...(await w.data()), 1], [expected, 1]);
      }),
      { numRuns: 40 },
    );
}

it(
  'sgd follows PyTorch’s formulas',
  follows(
    fc
      .record({
        learningRate: rate,
        momentum: share,
        dampening: share,
        nesterov: fc.boolean(),
        weightDecay,
      })
      .map((options) => ({ ...options, dampening: options.nesterov ? 0 : options.dampening }))
      .filter(({ momentum, nesterov }) => momentum > 0 || !nesterov)
      // Without momentum there is no velocity to dampen.
      .map((options) => ({ ...options, dampening: options.momentum > 0 ? options.dampening : 0 })),
    optim.sgd,
    reference.sgd,
  ),
);

it(
  'adam follows PyTorch’s formulas',
  follows(adamOptions, optim.adam, (options) => reference.adam(options, false)),
);

it(
  'adamW follows PyTorch’s formulas',
  follows(adamOptions, optim.adamW, (options) => reference.adam(options, true)),
);

it(
  'rmsProp follows PyTorch’s formulas',
  follows(
    fc.record({
      learningRate: rate,
      // Near 0 and 1 the centred mean square cancels.
      alpha: fc.double({ min: 0.5, max: 0.99, noNaN: true }),
      epsilon,
      centered: fc.boolean(),
      momentum: share,
      weightDecay,
    }),
    optim.rmsProp,
    reference.rmsProp,
  ),
);

it(
  'adagrad follows PyTorch’s formulas',
  follows(
    fc.record({
      learningRate: rate,
      learningRateDecay: fc.constantFrom(0, 0.1, 2),
      initialAccumulator: fc.constantFrom(0, 0.1, 3),
      epsilon,
      weightDecay,
    }),
    optim.adagrad,
    reference.adagrad,
  ),
);

it(
  'adadelta follows PyTorch’s formulas',
  follows(
    fc.record({ learningRate: rate, rho: share, epsilon, weightDecay }),
    optim.adadelta,
    reference.adadelta,
  ),
);

it(
  'lion follows its algorithm',
  follows(
    fc.record({ learningRate: rate, beta1: share, beta2: share, weightDecay }),
    optim.lion,
    reference.lion,
  ),
);

describe('defaults', () => {
  const gradients = [1, -0.1, 0.5, 0.4, 1e-3, -0.7];
  const adamDefaults = { learningRate: 1e-3, beta1: 0.9, beta2: 0.999, epsilon: 1e-8 };

  it.each<[string, optim.Optimizer, reference.Step]>([
    ['adam', optim.adam(), reference.adam({ ...adamDefaults, weightDecay: 0 }, false)],
    ['adamW', optim.adamW(), reference.adam({ ...adamDefaults, weightDecay: 0.01 }, true)],
    [
      'rmsProp',
      optim.rmsProp(),
      reference.rmsProp({
        learningRate: 0.01,
        alpha: 0.99,
        epsilon: 1e-8,
        centered: false,
        momentum: 0,
        weightDecay: 0,
      }),
    ],
    [
      'adagrad',
      optim.adagrad(),
      reference.adagrad({
        learningRate: 0.01,
        learningRateDecay: 0,
        initialAccumulator: 0,
        epsilon: 1e-10,
        weightDecay: 0,
      }),
    ],
    [
      'adadelta',
      optim.adadelta(),
      reference.adadelta({ learningRate: 1, rho: 0.9, epsilon: 1e-6, weightDecay: 0 }),
    ],
    [
      'lion',
      optim.lion(),
      reference.lion({ learningRate: 1e-4, beta1: 0.9, beta2: 0.99, weightDecay: 0 }),
    ],
  ])('%s has those of PyTorch, or of its paper', async (_, optimizer, step) => {
    // Begins at 0, so that what is compared is how far the steps went.
    const w = new Variable(tensor([0], { dtype: 'float64' }));
    let expected = 0;
    for (const [index, gradient] of gradients.entries()) {
      optimizer.update({ w }, { w: tensor([gradient], { dtype: 'float64' }) });
      expected -= step(gradient, expected, index + 1);
    }
    expectClose(await w.data(), [expected]);
  });
});
