import { checkGradients } from '@gradus/conformance';
import { sizeOf, tensor, Variable, type Shape, type Tensor } from '@gradus/core';
import * as fc from 'fast-check';
import { describe, it } from 'vitest';
import {
  binaryCrossEntropyWithLogits,
  crossEntropy,
  hinge,
  huber,
  l1Penalty,
  l2Penalty,
  meanAbsoluteError,
  meanSquaredError,
  multiClassHinge,
  type Reduction,
} from '../src/index.js';

/** A loss with what it is differentiated with respect to, and where. */
interface Example {
  readonly loss: (...inputs: Tensor[]) => Tensor;
  readonly inputs: readonly Tensor[];
  readonly parameters?: Readonly<Record<string, Variable>>;
}

/**
 * Elements in (−4, 4), an odd number of half thousandths: neither they nor what they differ by from
 * whole thousandths is at a kink.
 */
const between = (shape: Shape): fc.Arbitrary<Tensor> => elements(shape, -4000, 0.5);

/** Elements in [−4, 4), whole thousandths. */
const atThousandths = (shape: Shape): fc.Arbitrary<Tensor> => elements(shape, -4000, 0);

/** Elements in (0, 1). */
const fractions = (shape: Shape): fc.Arbitrary<Tensor> =>
  elements(shape, -1000, 0.5).map((x) => x.add(1).div(2));

function elements(shape: Shape, minimum: number, offset: number): fc.Arbitrary<Tensor> {
  const thousandths = fc.noBias(fc.integer({ min: minimum, max: -minimum - 1 }));
  return exactly(sizeOf(shape), thousandths).map((values) =>
    tensor(
      values.map((value) => (value + offset) / 1000),
      { shape, dtype: 'float64' },
    ),
  );
}

const exactly = <Value>(length: number, each: fc.Arbitrary<Value>): fc.Arbitrary<Value[]> =>
  fc.array(each, { minLength: length, maxLength: length });

const classLabels = ([...shape]: Shape, classes: number): fc.Arbitrary<Tensor> =>
  exactly(sizeOf(shape), fc.nat({ max: classes - 1 })).map((values) =>
    tensor(values, { shape, dtype: 'int32' }),
  );

const shapes = fc
  .array(fc.noBias(fc.integer({ min: 1, max: 4 })), { minLength: 1, maxLength: 3 })
  .map((shape): Shape => shape);

const reduction = fc.constantFrom<Reduction>('mean', 'sum', 'none');

/** A positive number of thousandths. */
const positive = fc.integer({ min: 1, max: 3000 }).map((value) => value / 1000);

const regression = shapes.chain((shape) =>
  fc.record({
    prediction: between(shape),
    target: atThousandths(shape),
    delta: positive,
    reduction,
  }),
);

const classification = shapes.chain((shape) => {
  const [batch, classes] = [shape.slice(0, -1), shape.at(-1)!];
  return fc.record({
    logits: between(shape),
    labels: classLabels(batch, classes),
    probabilities: fractions(shape),
    labelSmoothing: fc.constantFrom(0, 0.1, 0.75),
    // Scores differ by whole thousandths, so the margin must not.
    margin: positive.map((value) => value + 0.0005),
    reduction,
  });
});

const yesOrNo = shapes.chain((shape) =>
  fc.record({
    logits: between(shape),
    target: fractions(shape),
    signs: exactly(sizeOf(shape), fc.constantFrom(-1, 1)).map((values) =>
      tensor(values, { shape, dtype: 'float64' }),
    ),
    positiveWeight: fc.oneof(positive, fractions(shape.slice(-1))),
    margin: positive,
    reduction,
  }),
);

const models = fc.tuple(between([2, 3]), between([2]), positive).map(([weight, bias, factor]) => ({
  parameters: { weight: new Variable(weight), bias: new Variable(bias) },
  factor,
}));

const smooth: Readonly<Record<string, fc.Arbitrary<Example>>> = {
  'cross-entropy of labels': classification.map(({ logits, labels, ...options }) => ({
    loss: (x) => crossEntropy(x, labels, only(options, 'labelSmoothing')),
    inputs: [logits],
  })),
  'cross-entropy of probabilities': classification.map(({ logits, probabilities, ...options }) => ({
    loss: (x, p) => crossEntropy(x, p, only(options, 'labelSmoothing')),
    inputs: [logits, probabilities],
  })),
  'binary cross-entropy': yesOrNo.map(({ logits, target, ...options }) => ({
    loss: (x, y) => binaryCrossEntropyWithLogits(x, y, only(options, 'positiveWeight')),
    inputs: [logits, target],
  })),
  'mean squared error': regression.map(({ prediction, target, ...options }) => ({
    loss: (p, t) => meanSquaredError(p, t, only(options)),
    inputs: [prediction, target],
  })),
  huber: regression.map(({ prediction, target, ...options }) => ({
    loss: (p, t) => huber(p, t, only(options, 'delta')),
    inputs: [prediction, target],
  })),
  'L2 penalty': models.map(({ parameters, factor }) => ({
    loss: () => l2Penalty(parameters, factor),
    inputs: [],
    parameters,
  })),
};

const kinked: Readonly<Record<string, fc.Arbitrary<Example>>> = {
  'mean absolute error': regression.map(({ prediction, target, ...options }) => ({
    loss: (p, t) => meanAbsoluteError(p, t, only(options)),
    inputs: [prediction, target],
  })),
  hinge: yesOrNo.map(({ logits, signs, ...options }) => ({
    loss: (x) => hinge(x, signs, only(options, 'margin')),
    inputs: [logits],
  })),
  'hinge of several classes': classification.map(({ logits, labels, ...options }) => ({
    loss: (x) => multiClassHinge(x, labels, only(options, 'margin')),
    inputs: [logits],
  })),
  'L1 penalty': models.map(({ parameters, factor }) => ({
    loss: () => l1Penalty(parameters, factor),
    inputs: [],
    parameters,
  })),
};

/** The options that a loss has. */
function only<Options extends { reduction: Reduction }, Name extends keyof Options>(
  options: Options,
  ...names: Name[]
): Pick<Options, Name | 'reduction'> {
  const entries = ['reduction' as const, ...names].map((name) => [name, options[name]]);
  return Object.fromEntries(entries) as Pick<Options, Name | 'reduction'>;
}

/** fast-check prints the seed and the smallest failure. */
const hold = (examples: fc.Arbitrary<Example>, order: 1 | 2): Promise<void> =>
  fc.assert(
    fc.asyncProperty(examples, async ({ loss, inputs, parameters = {} }) => {
      await checkGradients(loss, inputs, { parameters, order, maximumElements: 12 });
    }),
    { seed: 20_261_124, numRuns: 15 },
  );

describe('gradients agree with central differences', () => {
  it.each(Object.entries(kinked))('%s', (_, examples) => hold(examples, 1));
  it.each(Object.entries(smooth))('%s, twice', (_, examples) => hold(examples, 2));
});
