import { grad } from '@gradus/autograd';
import { checkGradients, layerSuite } from '@gradus/conformance';
import {
  asTensor,
  compile,
  namedParameters,
  ones,
  sizeOf,
  tensor,
  Variable,
  zeros,
  type DataType,
  type Shape,
  type Tensor,
} from '@gradus/core';
import { bernoulli, normal, randomKey, type RandomKey } from '@gradus/random';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  crossEntropy,
  Dense,
  MultiHeadAttention,
  type Initializer,
  type MultiHeadAttentionOptions,
} from '../src/index.js';
import { lossAfter } from './descent.js';
import golden from './fixtures/attention.json' with { type: 'json' };
import { expectAgreement } from './golden.js';
import { expectClose, expectError, numbers, useCpu } from './support.js';

useCpu();

/** Projections that change nothing, one below the other. */
const identity: Initializer = ([rows = 0, columns = 0]) =>
  Array.from({ length: rows * columns }, (_, place) =>
    Math.floor(place / columns) % columns === place % columns ? 1 : 0,
  );

const plain = (features: number, options: MultiHeadAttentionOptions = {}): MultiHeadAttention =>
  new MultiHeadAttention(features, 1, { weightInitializer: identity, ...options });

const drawn = (seed: number, shape: Shape): Tensor =>
  tensor(normal(randomKey(seed), sizeOf(shape)), { shape });

layerSuite(
  { describe, it },
  {
    create: () => new MultiHeadAttention(4, 2),
    inputShape: [2, 3, 4],
    outputShape: [2, 3, 4],
    parameters: { inputWeight: [12, 4], inputBias: [12], outputWeight: [4, 4], outputBias: [4] },
    gradients: { order: 2, maximumElements: 16 },
  },
);

describe.each<DataType>(['float32', 'float64'])('in %s', (dtype) => {
  it.each(golden.cases)('agrees with PyTorch: $name', async ({ config, ...each }) => {
    const layer = new MultiHeadAttention(4, 2, { ...config, dtype });
    const pass = ({ input, query, key, value, mask }: Readonly<Record<string, Tensor>>) => ({
      output:
        input === undefined ? layer.attend(query!, key!, value!, { mask }) : layer.forward(input),
    });
    await expectAgreement(each, layer, pass, { mask: 'bool' });
  });
});

describe('attend', () => {
  // A query of 0 fits all keys alike, so that it gets the mean of what it may look at.
  const query = zeros([2, 1, 1]);
  const key = drawn(1, [2, 3, 1]);
  const value = tensor([1, 2, 6, 10, 20, 60], { shape: [2, 3, 1] });

  it.each<[string, boolean[] | boolean[][] | boolean[][][] | boolean[][][][], number[]]>([
    ['all keys', [[true, true, true]], [3, 30]],
    ['the keys of a mask', [[true, true, false]], [1.5, 15]],
    ['keys of each example', [[[true, true, false]], [[false, true, true]]], [1.5, 40]],
    ['keys of each head', [[[[true, true, false]]], [[[false, false, true]]]], [1.5, 60]],
    ['examples of a mask', [[[true]], [[false]]], [3, 0]],
    ['nothing', [[false]], [0, 0]],
  ])('looks at %s', async (_, mask, expected) => {
    expectClose(await numbers(plain(1).attend(query, key, value, { mask })), expected, 1e-6);
  });

  it('has gradients of 0, not NaN, for a query that may look at nothing', async () => {
    const inputs = [query, key, value].map((each) => new Variable(each));
    const [q, k, v] = inputs.map((each) => each.value) as [Tensor, Tensor, Tensor];
    const output = plain(1).attend(q, k, v, { mask: [[false]] });
    for (const input of inputs) {
      const gradient = grad(output.sum(), input);
      expect(await numbers(gradient)).toEqual(new Array(input.value.size).fill(0));
    }
  });

  it('looks for what fits best, whatever the scale, without overflow', async () => {
    const [few, many] = [
      tensor([1e4, -1e4], { shape: [1, 2, 1] }),
      tensor([-3e4, 1e4, 2e4], { shape: [1, 3, 1] }),
    ];
    const best = plain(1).attend(few, many, many);
    expectClose(await numbers(best), [2e4, -3e4]);
  });

  it('gives the mean of nothing for no keys, and nothing for no queries or examples', async () => {
    const layer = plain(2);
    layer.outputBias!.assign([5, 7]);
    const [none, one] = [zeros([1, 0, 2]), zeros([1, 1, 2])];
    expect(await numbers(layer.attend(one, none, none))).toEqual([5, 7]);
    expect(layer.attend(none, one, one).shape).toEqual([1, 0, 2]);
    expect(await numbers(layer.forward(none))).toEqual([]);
    expect(await numbers(layer.forward(zeros([0, 3, 2])))).toEqual([]);
  });
});

describe('with causal', () => {
  it('an output depends on its own position and earlier ones', async () => {
    const layer = new MultiHeadAttention(4, 2, { causal: true, random: randomKey(1) });
    const input = new Variable(drawn(2, [1, 4, 4]));
    const output = layer.forward(input.value);
    const reached = grad(output.at(0, 1).sum(), input);
    const sizes = await numbers(reached.abs().max(-1));
    expect(sizes.map((size) => size > 0)).toEqual([true, true, false, false]);
  });

  it('a mask hides more', async () => {
    const input = tensor([0, 0, 0, 1, 2, 6], { shape: [2, 3, 1] });
    const mask = [[true], [true], [false]];
    const output = plain(1, { causal: true }).attend(zeros([2, 3, 1]), input, input, { mask });
    expectClose(await numbers(output), [0, 0, 0, 1, 1.5, 0], 1e-6);
  });
});

describe('dropout', () => {
  const layer = new MultiHeadAttention(4, 2, { dropout: 0.5, random: randomKey(1) });
  const input = drawn(3, [2, 5, 4]);
  const trained = (seed: number) =>
    numbers(layer.forward(input, { training: true, random: randomKey(seed) }));

  it('is the same for the same key only, eagerly and compiled', async () => {
    const forward = compile((x: Tensor, random: RandomKey) =>
      layer.forward(x, { training: true, random }),
    );
    expect(await trained(1)).toEqual(await trained(1));
    expect(await trained(1)).not.toEqual(await trained(2));
    expectClose(await numbers(await forward(input, randomKey(1))), await trained(1));
    expectClose(await numbers(await forward(input, randomKey(2))), await trained(2));
    expect(forward.traces).toBe(1);
  });

  it('drops weights and scales the others', async () => {
    const dropping = plain(1, { dropout: 0.25 });
    const [queries, keys] = [zeros([1, 500, 1]), zeros([1, 4, 1])];
    const context = { training: true, random: randomKey(4) };
    const sums = await numbers(dropping.attend(queries, keys, ones([1, 4, 1]), { context }));
    const kept = sums.map((sum) => sum * 4 * 0.75);
    expect(kept.every((count) => Math.abs(count - Math.round(count)) < 1e-5)).toBe(true);
    const mean = sums.reduce((sum, each) => sum + each) / sums.length;
    expect(Math.abs(mean - 1)).toBeLessThan(5 * Math.sqrt(1 / 3 / 2000));
  });

  it('changes nothing in evaluation', async () => {
    const without = new MultiHeadAttention(4, 2, { random: randomKey(1) });
    expect(await numbers(layer.forward(input))).toEqual(await numbers(without.forward(input)));
  });

  it('needs a key, and says so', () => {
    const forward = () => layer.forward(input, { training: true });
    expectError(forward, 'TRACE', /^MultiHeadAttention\(4, 2\) needs randomness in training/);
  });
});

it('has the gradients that central differences have, for any sizes and options', async () => {
  const cases = fc.record({
    heads: fc.integer({ min: 1, max: 2 }),
    width: fc.integer({ min: 1, max: 2 }),
    batch: fc.integer({ min: 1, max: 2 }),
    times: fc.tuple(fc.integer({ min: 1, max: 3 }), fc.integer({ min: 1, max: 3 })),
    options: fc.record({
      causal: fc.boolean(),
      bias: fc.boolean(),
      dropout: fc.constantFrom(0, 0.4),
    }),
    maskRank: fc.constantFrom(0, 2, 3, 4),
    seed: fc.nat(1000),
  });
  await fc.assert(
    fc.asyncProperty(cases, async ({ heads, width, batch, times, options, maskRank, seed }) => {
      const [queries, keys] = options.causal ? [times[0], times[0]] : times;
      const features = heads * width;
      const random = randomKey(seed);
      const layer = new MultiHeadAttention(features, heads, { ...options, random });
      const scores = [batch, heads, queries, keys];
      const shape = maskRank === 3 ? [batch, queries, keys] : scores.slice(4 - maskRank);
      const chosen = bernoulli(random, sizeOf(shape), 0.7);
      const mask = maskRank === 0 ? undefined : tensor(chosen, { shape, dtype: 'bool' });
      const context = { training: true, random };
      const attend = (q: Tensor, k: Tensor, v: Tensor) => layer.attend(q, k, v, { mask, context });
      const inputs = [queries, keys, keys].map((time, each) =>
        drawn(seed + each, [batch, time, features]),
      ) as [Tensor, Tensor, Tensor];
      const parameters = namedParameters(layer);
      await checkGradients(attend, inputs, { parameters, order: 2, maximumElements: 6 });
    }),
    { numRuns: 12 },
  );
});

it('learns to look something up, which a mean over time cannot', async () => {
  // Three entries, a word and its meaning each, then a word: what does it mean?
  const orders = [
    [0, 1, 2],
    [0, 2, 1],
    [1, 0, 2],
    [1, 2, 0],
    [2, 0, 1],
    [2, 1, 0],
  ];
  const one = (place: number, length = 3) =>
    Array.from({ length }, (_, index) => (index === place ? 1 : 0));
  const questions = orders.flatMap((order) => order.map((_, asked) => ({ order, asked })));
  const sequences = asTensor(
    questions.map(({ order, asked }) => [
      ...order.map((meaning, word) => [...one(word), ...one(meaning)]),
      [...one(asked), 0, 0, 0],
    ]),
  );
  const answers = questions.map(({ order, asked }) => order[asked]!);
  const [first, second, third] = randomKey(3).split(3);
  const attention = new MultiHeadAttention(6, 1, { random: first });
  const output = new Dense(6, 3, { random: second });
  const looked = () => output.forward(attention.forward(sequences).at(null, -1));
  const model = { attention, output };
  const loss = () => crossEntropy(looked(), answers);
  expect(await lossAfter(300, { model, loss, rate: 0.3 })).toBeLessThan(0.05);
  const dense = new Dense(6, 3, { random: third });
  const guessed = () => crossEntropy(dense.forward(sequences.mean(1)), answers);
  // Of each word all meanings are equally frequent.
  const guess = await lossAfter(300, { model: dense, loss: guessed, rate: 0.3 });
  expect(guess).toBeGreaterThan(Math.log(3) - 1e-4);
});

describe('parameters', () => {
  it('are shaped and named as in PyTorch', () => {
    const { inputWeight, outputBias } = new MultiHeadAttention(8, 2);
    expect([inputWeight.name, outputBias?.name]).toEqual([
      'MultiHeadAttention(8, 2).inputWeight',
      'MultiHeadAttention(8, 2).outputBias',
    ]);
  });

  it('begin as Glorot weights and zero biases', async () => {
    const layer = new MultiHeadAttention(50, 2, { random: randomKey(1) });
    const greatest = async (variable: Variable) => variable.value.abs().max().item();
    const limit = Math.sqrt(6 / (50 + 150));
    expect((await greatest(layer.inputWeight)) / limit).toBeCloseTo(1, 2);
    expect((await greatest(layer.outputWeight)) / Math.sqrt(6 / 100)).toBeCloseTo(1, 2);
    expect(await greatest(layer.inputBias!)).toBe(0);
    expect(await greatest(layer.outputBias!)).toBe(0);
  });

  it('have no biases when asked', () => {
    const layer = new MultiHeadAttention(4, 2, { bias: false });
    expect(Object.keys(namedParameters(layer))).toEqual(['inputWeight', 'outputWeight']);
  });
});

describe('errors', () => {
  const layer = new MultiHeadAttention(4, 2);
  const x = zeros([2, 3, 4]);

  it.each<[string, () => Tensor, string]>([
    [
      'rank',
      () => layer.forward(zeros([3, 4])),
      'expected input to be [batch, time, 4], got [3, 4].',
    ],
    [
      'features',
      () => layer.forward(zeros([2, 3, 5])),
      'expected input to be [batch, time, 4], got [2, 3, 5].',
    ],
    [
      'query',
      () => layer.attend(zeros([2, 3]), x, x),
      'expected query to be [batch, query, 4], got [2, 3].',
    ],
    [
      'key',
      () => layer.attend(x, zeros([1, 3, 4]), x),
      'expected key to be [2, key, 4], got [1, 3, 4].',
    ],
    [
      'value',
      () => layer.attend(x, x, zeros([2, 2, 4])),
      'expected value to be [2, 3, 4], got [2, 2, 4].',
    ],
  ])('name the shape: %s', (_, run, message) => {
    expectError(run, 'SHAPE', `MultiHeadAttention(4, 2): ${message}`);
  });

  it.each<[Shape]>([[[3]], [[4, 3]], [[3, 3, 3]], [[2, 3, 3, 3]], [[1, 2, 2, 3, 3]]])(
    'name the shape of a mask %j',
    (shape) => {
      const run = () => layer.attend(x, x, x, { mask: zeros(shape, 'bool') });
      const message =
        'expected mask to be [3, 3], [2, 3, 3], [2, 2, 3, 3] or 1 in places of these, got';
      expectError(run, 'SHAPE', `${message} [${shape.join(', ')}].`);
    },
  );

  it('name dtypes', () => {
    const wide = zeros([2, 3, 4], 'float64');
    const message = "expected float32 input, got float64; cast it: x.cast('float32').";
    expectError(() => layer.forward(wide), 'DTYPE', message);
    expectError(() => layer.attend(x, wide, x), 'DTYPE', 'expected float32 key, got float64');
    const mask = zeros([3, 3]);
    expectError(
      () => layer.attend(x, x, x, { mask }),
      'DTYPE',
      /expected a bool mask, .* got float32/,
    );
  });

  it('refuse causal attention to another sequence', () => {
    const causal = new MultiHeadAttention(4, 2, { causal: true });
    const other = zeros([2, 5, 4]);
    const message =
      /^MultiHeadAttention\(4, 2, causal\): with causal expected as many keys as queries, got 3 queries and 5 keys/;
    expectError(() => causal.attend(x, other, other), 'SHAPE', message);
  });

  it.each<[unknown[], RegExp]>([
    [[0, 2], /^MultiHeadAttention: features must be a positive integer, got 0\.$/],
    [[4, '2'], /^MultiHeadAttention: heads must be a positive integer, got '2'\.$/],
    [
      [4, 3],
      /^MultiHeadAttention\(4, 3\): expected features to be a multiple of heads, got 4 features for 3 heads/,
    ],
    [[4, 2, { causal: 1 }], /causal must be true or false, got 1/],
    [[4, 2, { bias: 'no' }], /bias must be true or false, got 'no'/],
    [
      [4, 2, { dropout: 1 }],
      /^MultiHeadAttention\(4, 2\): dropout is the probability .* in \[0, 1\), got 1\.$/,
    ],
    [[4, 2, { weightInitializer: 1 }], /weightInitializer must be a function such as .* got 1/],
    [[4, 2, { dtype: 'bool' }], /dtype must be a floating-point one, got bool/],
    [[4, 2, { random: 7 }], /random must be a key with known words/],
  ])('reject the arguments %j', (args, message) => {
    const make = () => Reflect.construct(MultiHeadAttention, args) as MultiHeadAttention;
    expectError(make, 'ARGUMENT', message);
  });

  it('reject unknown options, which do not compile', () => {
    // @ts-expect-error -- it is called dropout.
    const make = () => new MultiHeadAttention(4, 2, { rate: 0.1 });
    expectError(make, 'ARGUMENT', "unknown option 'rate'; there are causal, dropout, bias,");
    // @ts-expect-error -- it is called mask.
    const attend = () => layer.attend(x, x, x, { attentionMask: true });
    const message =
      "MultiHeadAttention(4, 2).attend: unknown option 'attentionMask'; there are mask,";
    expectError(attend, 'ARGUMENT', message);
  });
});

it('says what it is', () => {
  expect(String(new MultiHeadAttention(64, 8))).toBe('MultiHeadAttention(64, 8)');
});
