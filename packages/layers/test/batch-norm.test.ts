import { grad } from '@gradus/autograd';
import { checkGradients, layerSuite } from '@gradus/conformance';
import {
  namedParameters,
  namedVariables,
  relu,
  tanh,
  tensor,
  zeros,
  type NestedArray,
  type Tensor,
} from '@gradus/core';
import * as fc from 'fast-check';
import { afterAll, describe, expect, it } from 'vitest';
import { BatchNorm, initializers, pyTorchNaming, type BatchNormOptions } from '../src/index.js';
import { expectClose, expectError, numbers, useCpu } from './support.js';

useCpu();

const training = { training: true };
const float64 = (values: NestedArray): Tensor => tensor(values, { dtype: 'float64' });

/** Runs batches through the layer in training and returns what it remembers of them. */
async function statisticsAfter(layer: BatchNorm, batches: readonly Tensor[]) {
  for (const batch of batches) layer.forward(batch, training);
  return {
    mean: await numbers(layer.runningMean.value),
    variance: await numbers(layer.runningVariance.value),
    count: (await layer.batchCount.data())[0],
  };
}

describe('in training', () => {
  const batch = tensor([
    [1, 10],
    [3, 10],
  ]);

  it('each feature has mean 0 and variance 1, then scale and offset', async () => {
    const plain = new BatchNorm(2, { epsilon: 3 });
    // (1 − 2) / √(1 + 3), and a feature that is constant.
    expect(await numbers(plain.forward(batch, training))).toEqual([-0.5, 0, 0.5, 0]);
    const layer = new BatchNorm(2, {
      epsilon: 3,
      scaleInitializer: () => [4, 5],
      offsetInitializer: () => [10, -1],
    });
    expect(await numbers(layer.forward(batch, training))).toEqual([8, -1, 12, -1]);
  });

  it('takes statistics over the batch and all pixels', async () => {
    const layer = new BatchNorm(2, { epsilon: 3 });
    const images = [
      [[[1, 3]], [[5, 5]]],
      [[[3, 1]], [[7, 3]]],
    ];
    const output = layer.forward(tensor(images), training);
    const root = Math.sqrt(2 + 3);
    const expected = [-0.5, 0.5, 0, 0, 0.5, -0.5, 2 / root, -2 / root];
    expectClose(await numbers(output), expected);
    const { mean, variance } = await statisticsAfter(layer, []);
    expectClose(mean, [0.2, 0.5]);
    // Unbiased, of four values each: 4/3 and 8/3.
    expectClose(variance, [0.9 + 0.1 * (4 / 3), 0.9 + 0.1 * (8 / 3)]);
  });

  it('applies the activation last', async () => {
    const layer = new BatchNorm(2, { epsilon: 3, activation: relu });
    expect(await numbers(layer.forward(batch, training))).toEqual([0, 0, 0.5, 0]);
  });

  it('keeps the precision of values far from 0', async () => {
    const far = tensor([[1e6], [1e6 + 1], [1e6 + 2]]);
    const output = await numbers(new BatchNorm(1, { epsilon: 1e-12 }).forward(far, training));
    expectClose(output, [-Math.sqrt(1.5), 0, Math.sqrt(1.5)]);
  });
});

describe('running statistics', () => {
  it('begin as mean 0 and variance 1, which normalise before any training', async () => {
    const layer = new BatchNorm(2, { epsilon: 3 });
    expect(await statisticsAfter(layer, [])).toEqual({ mean: [0, 0], variance: [1, 1], count: 0 });
    expect(await numbers(layer.forward(tensor([[4, -6]])))).toEqual([2, -3]);
  });

  it('move towards each batch and are what evaluation uses', async () => {
    const layer = new BatchNorm(1, { decay: 0.5, epsilon: 1 });
    const { mean, variance, count } = await statisticsAfter(layer, [
      tensor([[0], [2]]),
      tensor([[4], [8]]),
    ]);
    // Variances 2 and 8 when divided by n − 1.
    expect([mean, variance, count]).toEqual([[3.25], [4.75], 2]);
    const evaluated = await numbers(layer.forward(tensor([[3.25], [3.25 + Math.sqrt(5.75)]])));
    expectClose(evaluated, [0, 1]);
    expect(await statisticsAfter(layer, [])).toEqual({ mean, variance, count });
  });

  it('forget faster in the first steps when warming up', async () => {
    const layer = new BatchNorm(1, { decay: 0.998, warmUp: true, dtype: 'float64' });
    const expected = { mean: 0, variance: 1 };
    for (let step = 0; step < 12; step++) {
      const decay = Math.min(0.998, (1 + step) / (10 + step));
      expected.mean = decay * expected.mean + (1 - decay) * (step + 1);
      expected.variance = decay * expected.variance + (1 - decay) * 2;
      const { mean, variance } = await statisticsAfter(layer, [float64([[step], [step + 2]])]);
      expect(mean[0]).toBeCloseTo(expected.mean, 12);
      expect(variance[0]).toBeCloseTo(expected.variance, 12);
    }
  });

  it('forget no faster than without once warm', async () => {
    const fast = new BatchNorm(1, { decay: 0.2, warmUp: true });
    fast.batchCount.assign(2);
    const { mean } = await statisticsAfter(fast, [tensor([[10], [10]])]);
    expectClose(mean, [8]);
  });
});

describe('a single value for each feature', () => {
  it.each([[[1, 3]], [[1, 3, 1, 1]]])('of shape %j gives the offset', async (shape) => {
    const layer = new BatchNorm(3, { offsetInitializer: () => [1, -2, 0.1] });
    const input = tensor([0.1, -700, 3e30], { shape });
    const output = layer.forward(input, training);
    expectClose(await numbers(output), [1, -2, 0.1]);
    const {
      input: dInput,
      scale,
      offset,
    } = grad(output.square().sum(), {
      input,
      ...namedParameters(layer),
    }) as Record<string, Tensor>;
    expectClose(await numbers(dInput!), [0, 0, 0]);
    expectClose(await numbers(scale!), [0, 0, 0]);
    expectClose(await numbers(offset!), [2, -4, 0.2]);
    const { mean, variance } = await statisticsAfter(layer, []);
    expectClose(mean, [0.01, -70, 3e29]);
    expectClose(variance, [0.9, 0.9, 0.9]);
  });
});

describe('no values', () => {
  it.each([[[0, 3]], [[0, 3, 2, 2]], [[4, 3, 0]]])(
    'of shape %j leave the statistics alone',
    async (shape) => {
      const layer = new BatchNorm(3);
      const before = await statisticsAfter(layer, []);
      const output = layer.forward(zeros(shape), training);
      const { scale, offset } = grad(output.sum(), namedParameters(layer));
      expect(output.shape).toEqual(shape);
      expect(await numbers(output)).toEqual([]);
      expect([await numbers(scale!), await numbers(offset!)]).toEqual([
        [0, 0, 0],
        [0, 0, 0],
      ]);
      expect(await statisticsAfter(layer, [])).toEqual(before);
    },
  );
});

describe('gradients', () => {
  const cases = fc.record({
    shape: fc.tuple(
      fc.integer({ min: 1, max: 4 }),
      fc.integer({ min: 1, max: 3 }),
      fc.array(fc.integer({ min: 1, max: 3 }), { maxLength: 2 }),
    ),
    scale: fc.boolean(),
    offset: fc.boolean(),
    epsilon: fc.constantFrom(1e-5, 0.1, 1),
    training: fc.boolean(),
    seed: fc.nat(1000),
  });

  it('agree with central differences, twice', async () => {
    await fc.assert(
      fc.asyncProperty(cases, async ({ shape: [batch, features, rest], seed, ...options }) => {
        const { training, epsilon, scale, offset } = options;
        const noise = initializers.normal({ standardDeviation: 1 });
        const initial = { scaleInitializer: noise, offsetInitializer: noise };
        const own = { epsilon, scale, offset, activation: tanh, dtype: 'float64' } as const;
        const layer = new BatchNorm(features, { ...own, ...initial });
        const shape = [batch, features, ...rest];
        await checkGradients((x) => layer.forward(x, { training }), [spread(shape, seed)], {
          parameters: namedParameters(layer),
          order: 2,
          tolerance: 1e-5,
        });
      }),
      { seed: 1, numRuns: 25 },
    );
  });
});

/** Distinct values of a few units, so that no variance is tiny. */
function spread(shape: readonly number[], seed: number): Tensor {
  const size = shape.reduce((product, extent) => product * extent, 1);
  const values = Array.from({ length: size }, (_, index) => 3 * Math.sin(1.7 * index + seed));
  return tensor(values, { shape, dtype: 'float64' });
}

describe('variables', () => {
  it('of which the statistics are no parameters', () => {
    const layer = new BatchNorm(4);
    expect(Object.keys(namedParameters(layer))).toEqual(['scale', 'offset']);
    expect(Object.keys(namedVariables(layer))).toEqual([
      'scale',
      'offset',
      'runningMean',
      'runningVariance',
      'batchCount',
    ]);
    expect(layer.scale?.name).toBe('BatchNorm(4).scale');
    expect(layer.runningVariance.name).toBe('BatchNorm(4).runningVariance');
    expect([layer.batchCount.dtype, layer.batchCount.shape]).toEqual(['int32', []]);
  });

  it('are left out when asked', async () => {
    const layer = new BatchNorm(1, { scale: false, offset: false, epsilon: 3 });
    expect(namedParameters(layer)).toEqual({});
    expect([layer.scale, layer.offset]).toEqual([undefined, undefined]);
    expect(await numbers(layer.forward(tensor([[1], [3]]), training))).toEqual([-0.5, 0.5]);
    expectClose(await numbers(layer.forward(tensor([[1]]))), [0.8 / Math.sqrt(1.1 + 3)]);
  });

  it('are called otherwise in PyTorch', () => {
    const rename = pyTorchNaming([new BatchNorm(4)]);
    expect(Object.keys(namedVariables([new BatchNorm(4)])).map(rename)).toEqual([
      '0.weight',
      '0.bias',
      '0.running_mean',
      '0.running_var',
      '0.num_batches_tracked',
    ]);
  });

  it('compute in float64 when asked', async () => {
    const layer = new BatchNorm(1, { dtype: 'float64', epsilon: 1e-12 });
    const output = layer.forward(float64([[1], [2], [4]]), training);
    expect(output.dtype).toBe('float64');
    expect((await output.data())[0]).toBeCloseTo(-4 / Math.sqrt(14), 10);
    expect((await layer.runningMean.data())[0]).toBeCloseTo(7 / 30, 14);
  });
});

describe('errors', () => {
  const forward = (shape: readonly number[], dtype?: 'int32') => () =>
    new BatchNorm(24, { activation: relu }).forward(zeros(shape, dtype));

  it('name the layer, what it expects and what it got', () => {
    const message = 'BatchNorm(24, relu): expected [batch, 24, …], got [100, 3, 28, 28].';
    expectError(forward([100, 3, 28, 28]), 'SHAPE', message);
    expectError(forward([24]), 'SHAPE', 'expected [batch, 24, …], got [24].');
    const transpose = 'got [8, 5, 24]; transpose it, features are the second axis.';
    expectError(forward([8, 5, 24]), 'SHAPE', transpose);
    const cast = "expected float32 input, got int32; cast it: x.cast('float32').";
    expectError(forward([8, 24], 'int32'), 'DTYPE', cast);
  });

  it.each<[unknown[], RegExp]>([
    [[0], /^BatchNorm: features must be a positive integer, got 0\.$/],
    [[1.5], /^BatchNorm: features must be a positive integer, got 1\.5\.$/],
    [[4, { decay: 1 }], /^BatchNorm\(4\): decay .* must be in \[0, 1\), got 1\.$/],
    [[4, { decay: -0.1 }], /decay .* got -0\.1\.$/],
    [[4, { decay: NaN }], /decay .* got NaN\.$/],
    [[4, { decay: '0.9' }], /decay .* got '0\.9'\.$/],
    [[4, { epsilon: 0 }], /epsilon .* must be positive, got 0\.$/],
    [[4, { epsilon: -1e-5 }], /epsilon .* got -0\.00001\.$/],
    [[4, { epsilon: '1e-5' }], /epsilon .* got '1e-5'\.$/],
    [[4, { scale: 1 }], /scale must be true or false, got 1\.$/],
    [[4, { offset: 'no' }], /offset must be true or false, got 'no'\.$/],
    [[4, { warmUp: 10 }], /warmUp must be true or false, got 10\.$/],
    [[4, { activation: 'relu' }], /activation must be a function such as relu/],
    [[4, { scaleInitializer: 1 }], /scaleInitializer must be a function such as initializers/],
    [[4, { offsetInitializer: 0.1 }], /offsetInitializer must be a function/],
    [[4, { dtype: 'int32' }], /dtype must be a floating-point one, got int32/],
    [[4, { random: 7 }], /random must be a key with known words/],
    [[4, { momentum: 0.1 }], /unknown option 'momentum'; there are decay, warmUp, activation/],
  ])('reject the arguments %j', (args, message) => {
    expectError(() => Reflect.construct(BatchNorm, args) as BatchNorm, 'ARGUMENT', message);
  });

  it('are thrown for what does not compile either', () => {
    const make = [
      // @ts-expect-error: 1 − momentum is called decay
      () => new BatchNorm(4, { momentum: 0.1 }),
      // @ts-expect-error: its values are those of scaleInitializer
      () => new BatchNorm(4, { scale: 0.5 }),
      // @ts-expect-error: a function, not its name
      () => new BatchNorm(4, { activation: 'relu' }),
    ];
    for (const each of make) expectError(each, 'ARGUMENT', /^BatchNorm\(4\): /);
  });
});

it('says what it is', () => {
  expect(String(new BatchNorm(24))).toBe('BatchNorm(24)');
  expect(String(new BatchNorm(24, { activation: relu }))).toBe('BatchNorm(24, relu)');
});

for (const options of [{}, { scale: false, warmUp: true }] satisfies BatchNormOptions[]) {
  layerSuite(
    { describe, it, after: afterAll },
    {
      name: `BatchNorm ${JSON.stringify(options)}`,
      create: () =>
        new BatchNorm(3, {
          ...options,
          offsetInitializer: initializers.normal(),
          activation: relu,
        }),
      inputShape: [4, 3, 2, 2],
      outputShape: [4, 3, 2, 2],
      parameters: 'scale' in options ? { offset: [3] } : { scale: [3], offset: [3] },
      context: training,
    },
  );
}
