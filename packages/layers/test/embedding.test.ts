import { grad } from '@gradus/autograd';
import { checkGradients, layerSuite } from '@gradus/conformance';
import { namedParameters, tensor, zeros, type DataType, type Tensor } from '@gradus/core';
import { randomKey } from '@gradus/random';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { crossEntropy, Dense, Embedding, Sequential, type EmbeddingOptions } from '../src/index.js';
import { lossAfter } from './descent.js';
import golden from './fixtures/embedding.json' with { type: 'json' };
import { expectAgreement } from './golden.js';
import { expectError, numbers, useCpu } from './support.js';

useCpu();

const int32 = (values: number[]): Tensor => tensor(values, { dtype: 'int32' });

/** Vectors [0, 1], [2, 3], [4, 5]. */
const counting = (options: EmbeddingOptions = {}): Embedding =>
  new Embedding(3, 2, { weightInitializer: () => [0, 1, 2, 3, 4, 5], ...options });

layerSuite(
  { describe, it },
  {
    create: () => new Embedding(7, 3),
    inputShape: [4, 5],
    inputDataType: 'int32',
    inputRange: { minimum: 0, maximum: 7 },
    outputShape: [4, 5, 3],
    parameters: { weight: [7, 3] },
  },
);

describe.each<DataType>(['float32', 'float64'])('in %s', (dtype) => {
  it.each(golden.cases)('agrees with PyTorch: $name', async (each) => {
    const layer = new Embedding(5, 3, { ...each.config, dtype });
    const pass = ({ input }: Readonly<Record<string, Tensor>>) => ({
      output: layer.forward(input!),
    });
    await expectAgreement(each, layer, pass, { input: 'int32' });
  });
});

describe('forward', () => {
  it.each<[DataType]>([['int32'], ['uint32'], ['uint8']])('takes %s indices', async (dtype) => {
    const output = counting().forward(tensor([2, 0], { dtype }));
    expect(await numbers(output)).toEqual([4, 5, 0, 1]);
  });

  it.each([[[]], [[0]], [[2, 0, 3]]])('maps indices of shape %j', async (shape) => {
    const output = counting().forward(zeros(shape, 'int32'));
    expect(output.shape).toEqual([...shape, 2]);
    const expected = Array.from({ length: output.size }, (_, place) => place % 2);
    expect(await numbers(output)).toEqual(expected);
  });

  it('makes NaN of an index that is out of range, which trains nothing', async () => {
    const layer = counting();
    const output = layer.forward(int32([-1, 1, 3]));
    expect(await numbers(output)).toEqual([NaN, NaN, 2, 3, NaN, NaN]);
    const gradient = grad(output.sum(), layer.weight);
    expect(await numbers(gradient)).toEqual([0, 0, 1, 1, 0, 0]);
    const single = new Embedding(1, 1, { weightInitializer: () => [7] });
    expect(await numbers(single.forward(int32([1, 0])))).toEqual([NaN, 7]);
  });
});

describe('parameters', () => {
  it('begin as normal vectors', async () => {
    const { weight } = new Embedding(100, 50, { random: randomKey(1) });
    const values = await numbers(weight.value);
    const mean = values.reduce((sum, value) => sum + value) / values.length;
    const square = values.reduce((sum, value) => sum + value ** 2, 0) / values.length;
    expect(Math.abs(mean)).toBeLessThan(5 / Math.sqrt(values.length));
    expect(Math.abs(square - 1)).toBeLessThan(5 * Math.sqrt(2 / values.length));
    expect(weight.name).toBe('Embedding(100, 50).weight');
  });

  it('begin as zeros at the padding index', async () => {
    const { weight } = counting({ paddingIndex: 1 });
    expect(await numbers(weight.value)).toEqual([0, 1, 0, 0, 4, 5]);
  });
});

it('has the gradients that central differences have, for any sizes', async () => {
  const sizes = fc.record({
    count: fc.integer({ min: 1, max: 4 }),
    features: fc.integer({ min: 1, max: 3 }),
    words: fc.array(fc.nat(), { minLength: 1, maxLength: 6 }),
  });
  await fc.assert(
    fc.asyncProperty(sizes, async ({ count, features, words }) => {
      const layer = new Embedding(count, features, { dtype: 'float64' });
      const input = int32(words.map((word) => word % count));
      const parameters = namedParameters(layer);
      await checkGradients((x) => layer.forward(x).square(), [input], { parameters, order: 2 });
    }),
    { numRuns: 10 },
  );
});

it('learns classes of words, which are no function of the words’ numbers', async () => {
  const words = int32(Array.from({ length: 12 }, (_, word) => word));
  const classes = [0, 1, 1, 0, 1, 0, 0, 1, 0, 1, 1, 0];
  const [first, second, third] = randomKey(1).split(3);
  const embedding = new Embedding(12, 4, { random: first });
  const model = new Sequential([embedding, new Dense(4, 2, { random: second })]);
  const trained = { model, loss: () => crossEntropy(model.forward(words), classes), rate: 1 };
  expect(await lossAfter(100, trained)).toBeLessThan(0.1);
  const dense = new Dense(1, 2, { random: third });
  const position = words.cast('float32').sub(5.5).div(6).expandDims(1);
  const loss = () => crossEntropy(dense.forward(position), classes);
  // Half of the words in each half are of each class: a guess is all that there is.
  expect(await lossAfter(100, { model: dense, loss, rate: 1 })).toBeGreaterThan(0.68);
});

describe('errors', () => {
  it('ask for a cast', () => {
    const cast = (dtype: DataType) => () => counting().forward(zeros([2], dtype));
    const message =
      "Embedding(3, 2): expected integer indices, got float32; cast them: x.cast('int32').";
    expectError(cast('float32'), 'DTYPE', message);
    expectError(cast('bool'), 'DTYPE', 'expected integer indices, got bool');
  });

  it.each<[unknown[], RegExp]>([
    [[0, 2], /^Embedding: count must be a positive integer, got 0\.$/],
    [[3, 1.5], /^Embedding: features must be a positive integer, got 1\.5\.$/],
    [
      [3, 2, { paddingIndex: 3 }],
      /^Embedding\(3, 2\): paddingIndex must be .* in \[0, 3\), got 3\.$/,
    ],
    [[3, 2, { paddingIndex: -1 }], /paddingIndex must be an integer in \[0, 3\), got -1/],
    [[3, 2, { paddingIndex: '0' }], /paddingIndex must be an integer in \[0, 3\), got '0'/],
    [[3, 2, { dtype: 'int32' }], /dtype must be a floating-point one, got int32/],
    [[3, 2, { weightInitializer: 1 }], /weightInitializer must be a function such as .* got 1/],
    [[3, 2, { random: 7 }], /random must be a key with known words/],
    [[3, 2, { paddingIndex: 0, weightInitializer: () => 7 }], /must return an array of numbers/],
    [[3, 2, { paddingIndex: 0, weightInitializer: () => [7] }], /returned 1 values for the shape/],
  ])('reject the arguments %j', (args, message) => {
    expectError(() => Reflect.construct(Embedding, args) as Embedding, 'ARGUMENT', message);
  });

  it('reject unknown options, which do not compile', () => {
    // @ts-expect-error -- it is called paddingIndex.
    const make = () => new Embedding(3, 2, { padding: 0 });
    const message =
      "Embedding(3, 2): unknown option 'padding'; there are weightInitializer, padding";
    expectError(make, 'ARGUMENT', message);
  });
});

it('says what it is', () => {
  expect(String(counting())).toBe('Embedding(3, 2)');
});
