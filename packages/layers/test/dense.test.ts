import { checkGradients, layerSuite } from '@gradus/conformance';
import { namedParameters, relu, tanh, tensor, zeros, type Tensor } from '@gradus/core';
import { randomKey, uniform } from '@gradus/random';
import * as fc from 'fast-check';
import { afterAll, describe, expect, it } from 'vitest';
import { Dense, initializers, type DenseOptions } from '../src/index.js';
import { expectError, numbers, useCpu } from './support.js';

useCpu();

/** Weight [[1, 2], [3, 4], [5, 6]], bias [10, 20, 30]. */
function counting(options: DenseOptions = {}): Dense {
  return new Dense(2, 3, {
    weightInitializer: () => [1, 2, 3, 4, 5, 6],
    biasInitializer: () => [10, 20, 30],
    ...options,
  });
}

describe('forward', () => {
  it('is x Wᵀ + b', async () => {
    const output = counting().forward(
      tensor([
        [1, 0],
        [0, 1],
        [2, -1],
      ]),
    );
    expect(output.shape).toEqual([3, 3]);
    expect(await numbers(output)).toEqual([11, 23, 35, 12, 24, 36, 10, 22, 34]);
  });

  it('leaves the bias out when asked', async () => {
    const layer = counting({ bias: false });
    expect(Object.keys(namedParameters(layer))).toEqual(['weight']);
    expect(await numbers(layer.forward(tensor([[1, 1]])))).toEqual([3, 7, 11]);
  });

  it('applies the activation last', async () => {
    const layer = counting({ activation: relu, biasInitializer: () => [-4, 0, -100] });
    expect(await numbers(layer.forward(tensor([[1, 1]])))).toEqual([0, 7, 0]);
  });

  it.each<[readonly number[], readonly number[]]>([
    [[2], [3]],
    [
      [0, 2],
      [0, 3],
    ],
    [
      [4, 5, 2],
      [4, 5, 3],
    ],
    [
      [1, 1, 1, 2],
      [1, 1, 1, 3],
    ],
  ])('maps %j to %j', async (shape, expected) => {
    const output = counting().forward(zeros(shape));
    expect(output.shape).toEqual(expected);
    const rows = output.size / 3;
    expect(await numbers(output)).toEqual(Array.from({ length: rows }, () => [10, 20, 30]).flat());
  });

  it('computes in the dtype of its parameters', async () => {
    const layer = counting({ dtype: 'float64' });
    const third = tensor([[1 / 3, 0]], { dtype: 'float64' });
    const output = layer.forward(third);
    expect(output.dtype).toBe('float64');
    expect(await numbers(output)).toEqual([10 + 1 / 3, 20 + 3 / 3, 30 + 5 / 3]);
  });
});

describe('parameters', () => {
  it('are shaped as in PyTorch and named for messages', () => {
    const { weight, bias } = new Dense(784, 10);
    expect(weight.shape).toEqual([10, 784]);
    expect(bias?.shape).toEqual([10]);
    expect([weight.name, bias?.name]).toEqual(['Dense(784, 10).weight', 'Dense(784, 10).bias']);
    expect([weight.trainable, weight.dtype]).toEqual([true, 'float32']);
  });

  it('begin as Glorot weights and zero biases', async () => {
    const { weight, bias } = new Dense(200, 100, { random: randomKey(1) });
    const limit = Math.sqrt(6 / 300);
    const values = await numbers(weight.value);
    expect(Math.max(...values.map(Math.abs))).toBeLessThanOrEqual(limit);
    expect(Math.max(...values)).toBeGreaterThan(0.99 * limit);
    expect(await numbers(bias!.value)).toEqual(new Array(100).fill(0));
  });

  it('draw their weights and biases from keys of their own', async () => {
    const biasInitializer = initializers.glorotUniform;
    const { weight, bias } = new Dense(1, 50, { random: randomKey(1), biasInitializer });
    expect(await numbers(weight.value)).not.toEqual(await numbers(bias!.value));
  });
});

describe('errors', () => {
  const layer = new Dense(784, 10, { activation: tanh });
  const forward = (input: Tensor) => () => layer.forward(input);

  it('name the layer, the axis expected and the shape given', () => {
    const message = 'Dense(784, 10, tanh): expected the last axis to be 784, got [100, 20].';
    expectError(forward(zeros([100, 20])), 'SHAPE', message);
    expectError(forward(zeros([])), 'SHAPE', 'expected the last axis to be 784, got [].');
  });

  it('suggest to flatten images', () => {
    const message = 'expected the last axis to be 784, got [100, 28, 28]; add a Flatten layer';
    expectError(forward(zeros([100, 28, 28])), 'SHAPE', message);
  });

  it('suggest a cast', () => {
    const message = "expected float32 input, got uint8; cast it: x.cast('float32').";
    expectError(forward(zeros([1, 784], 'uint8')), 'DTYPE', message);
  });

  it.each<[unknown[], RegExp]>([
    [[0, 10], /^Dense: inFeatures must be a positive integer, got 0\.$/],
    [[2.5, 10], /^Dense: inFeatures must be a positive integer, got 2\.5\.$/],
    [[784, -1], /^Dense: outFeatures must be a positive integer, got -1\.$/],
    [[784, '10'], /^Dense: outFeatures must be a positive integer, got '10'\.$/],
    [[784], /outFeatures must be a positive integer, got undefined/],
    [[4, 2, { activation: 'relu' }], /^Dense\(4, 2\): activation must be a function such as relu/],
    [[4, 2, { bias: 1 }], /bias must be true or false/],
    [[4, 2, { weightInitializer: 0 }], /weightInitializer must be a function/],
    [[4, 2, { biasInitializer: [0, 0] }], /biasInitializer must be a function .* got an array/],
    [[4, 2, { dtype: 'int32' }], /dtype must be a floating-point one, got int32/],
    [[4, 2, { random: 7 }], /random must be a key with known words/],
    [[4, 2, { activaton: relu }], /unknown option 'activaton'; there are activation, bias/],
    [[4, 2, { weightInitializer: () => [1, 2] }], /returned 2 values for the shape \[2, 4\]/],
    [
      [4, 2, { weightInitializer: initializers.normal }],
      /must return an array of numbers, got a function; call it with its options first/,
    ],
  ])('reject the arguments %j', (args, message) => {
    const make = () => Reflect.construct(Dense, args) as Dense;
    expectError(make, 'ARGUMENT', message);
  });
});

it('says what it is', () => {
  const nameless: DenseOptions = { activation: (x) => x.square() };
  expect(String(new Dense(784, 10))).toBe('Dense(784, 10)');
  expect(String(new Dense(784, 10, { activation: relu }))).toBe('Dense(784, 10, relu)');
  expect(String(new Dense(2, 1, nameless))).toBe('Dense(2, 1, activation)');
});

it('has the gradients that central differences have, of both orders', async () => {
  const extent = fc.integer({ min: 1, max: 4 });
  const calls = fc.record({
    leading: fc.array(fc.integer({ min: 1, max: 3 }), { maxLength: 2 }),
    inFeatures: extent,
    outFeatures: extent,
    bias: fc.boolean(),
    seed: fc.nat(),
  });
  const property = fc.asyncProperty(calls, async ({ leading, inFeatures, seed, ...call }) => {
    const [random, key] = randomKey(seed).split(2);
    const layer = new Dense(inFeatures, call.outFeatures, {
      activation: tanh,
      bias: call.bias,
      random,
    });
    const shape = [...leading, inFeatures];
    const count = shape.reduce((product, each) => product * each);
    const x = tensor(uniform(key!, count, { minimum: -1 }), { shape });
    const options = { order: 2, parameters: namedParameters(layer), maximumElements: 6 } as const;
    await checkGradients((input) => layer.forward(input), [x], options);
  });
  await fc.assert(property, { seed: 20_261_124, numRuns: 12 });
});

layerSuite(
  { describe, it, after: afterAll },
  {
    create: () => new Dense(3, 2, { activation: tanh }),
    inputShape: [2, 4, 3],
    outputShape: [2, 4, 2],
    parameters: { weight: [2, 3], bias: [2] },
    gradients: { order: 2 },
  },
);

it('does not compile with an option that there is not', () => {
  // @ts-expect-error -- there is no such option, so a misspelt one is seen at once
  expect(() => new Dense(4, 2, { activaton: relu })).toThrow('activaton');
});
