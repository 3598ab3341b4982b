import { grad } from '@gradus/autograd';
import { checkGradients, layerSuite } from '@gradus/conformance';
import { namedParameters, sizeOf, tensor, zeros, type Tensor } from '@gradus/core';
import * as fc from 'fast-check';
import { afterAll, describe, expect, it } from 'vitest';
import { initializers, LayerNorm, pyTorchNaming } from '../src/index.js';
import { expectClose, expectError, numbers, useCpu } from './support.js';

useCpu();

describe('forward', () => {
  it('gives each row mean 0 and variance 1, then scale and offset', async () => {
    const rows = tensor([
      [1, 3],
      [5, 5],
      [8, 4],
    ]);
    const plain = new LayerNorm(2, { epsilon: 3, scale: false, offset: false });
    const root = Math.sqrt(4 + 3);
    expectClose(await numbers(plain.forward(rows)), [-0.5, 0.5, 0, 0, 2 / root, -2 / root]);
    const layer = new LayerNorm(2, {
      epsilon: 3,
      scaleInitializer: () => [4, 6],
      offsetInitializer: () => [10, -1],
    });
    const expected = [8, 2, 10, -1, 10 + 8 / root, -1 - 12 / root];
    expectClose(await numbers(layer.forward(rows)), expected);
  });

  it('normalises several axes as one', async () => {
    const layer = new LayerNorm([2, 2], { epsilon: 1, scaleInitializer: () => [1, 2, 3, 4] });
    const input = tensor([1, 3, 5, 7, 0, 0, 0, 0], { shape: [2, 2, 2] });
    const root = Math.sqrt(5 + 1);
    const expected = [-3 / root, -2 / root, 3 / root, 12 / root, 0, 0, 0, 0];
    expectClose(await numbers(layer.forward(input)), expected);
  });

  it.each([[[4]], [[0, 4]], [[2, 3, 4]], [[2, 0, 1, 4]]])('keeps the shape %j', async (shape) => {
    const output = new LayerNorm(4, { offsetInitializer: () => [1, 2, 3, 4] }).forward(
      zeros(shape),
    );
    expect(output.shape).toEqual(shape);
    const rows = Array.from({ length: output.size / 4 }, () => [1, 2, 3, 4]);
    expect(await numbers(output)).toEqual(rows.flat());
  });

  it('of a single feature is the offset, without a gradient', async () => {
    const layer = new LayerNorm(1, { offsetInitializer: () => [0.5] });
    const input = tensor([[7], [-2]]);
    const output = layer.forward(input);
    expect(await numbers(output)).toEqual([0.5, 0.5]);
    expectClose(await numbers(grad(output.square().sum(), input)), [0, 0]);
  });

  it('computes in float64 when asked', async () => {
    const layer = new LayerNorm(3, { dtype: 'float64', epsilon: 1e-12 });
    const output = layer.forward(tensor([1, 2, 4], { dtype: 'float64' }));
    expect(output.dtype).toBe('float64');
    expect((await output.data())[0]).toBeCloseTo(-4 / Math.sqrt(14), 10);
  });
});

it('its gradients agree with central differences, twice', async () => {
  const extents = (maxLength: number, minLength = 0) =>
    fc.array(fc.integer({ min: 1, max: 3 }), { minLength, maxLength });
  const cases = fc.record({
    leading: extents(2),
    shape: extents(2, 1),
    scale: fc.boolean(),
    offset: fc.boolean(),
    epsilon: fc.constantFrom(1e-5, 0.1, 1),
    seed: fc.nat(1000),
  });
  await fc.assert(
    fc.asyncProperty(cases, async ({ leading, shape, seed, ...options }) => {
      const noise = initializers.normal();
      const initial = { scaleInitializer: noise, offsetInitializer: noise };
      const layer = new LayerNorm(shape, { ...options, dtype: 'float64', ...initial });
      // Squared, since the layer is linear in its scale and offset.
      await checkGradients(
        (x) => layer.forward(x).square(),
        [spread([...leading, ...shape], seed)],
        { parameters: namedParameters(layer), order: 2, tolerance: 1e-5 },
      );
    }),
    { seed: 1, numRuns: 25 },
  );
});

/** Distinct values of a few units, so that no variance is tiny. */
function spread(shape: readonly number[], seed: number): Tensor {
  const values = Array.from({ length: sizeOf(shape) }, (_, i) => 3 * Math.sin(1.7 * i + seed));
  return tensor(values, { shape, dtype: 'float64' });
}

it('names its parameters, of which either may be left out', () => {
  const layer = new LayerNorm([2, 3]);
  expect(layer.scale?.shape).toEqual([2, 3]);
  expect(layer.offset?.name).toBe('LayerNorm([2, 3]).offset');
  expect(Object.keys(namedParameters(new LayerNorm(4, { scale: false })))).toEqual(['offset']);
  expect(Object.keys(namedParameters(layer)).map(pyTorchNaming(layer))).toEqual(['weight', 'bias']);
});

describe('errors', () => {
  it('name the layer, what it expects and what it got', () => {
    const forward = (layer: LayerNorm, input: Tensor) => () => layer.forward(input);
    const message = 'LayerNorm(24): expected the last axes to be [24], got [100, 23].';
    expectError(forward(new LayerNorm(24), zeros([100, 23])), 'SHAPE', message);
    const axes = 'LayerNorm([2, 3]): expected the last axes to be [2, 3], got [3].';
    expectError(forward(new LayerNorm([2, 3]), zeros([3])), 'SHAPE', axes);
    const cast = "expected float32 input, got int32; cast it: x.cast('float32').";
    expectError(forward(new LayerNorm(2), zeros([2], 'int32')), 'DTYPE', cast);
  });

  it.each<[unknown[], RegExp]>([
    [[0], /^LayerNorm: each extent must be a positive integer, got 0\.$/],
    [[[4, 2.5]], /^LayerNorm: each extent must be a positive integer, got 2\.5\.$/],
    [[[]], /^LayerNorm: shape needs at least one axis to normalise, got \[\]\.$/],
    [['4'], /must be a positive integer, got '4'\.$/],
    [[4, { epsilon: -1 }], /^LayerNorm\(4\): epsilon .* must be positive, got -1\.$/],
    [[[2, 3], { scale: 1 }], /^LayerNorm\(\[2, 3\]\): scale must be true or false, got 1/],
    [[4, { offsetInitializer: 1 }], /offsetInitializer must be a function/],
    [[4, { dtype: 'uint8' }], /dtype must be a floating-point one, got uint8/],
    [[4, { eps: 1 }], /unknown option 'eps'; there are epsilon, scale, offset/],
    [[4, { scaleInitializer: () => [1] }], /returned 1 values for the shape \[4\]/],
  ])('reject the arguments %j', (args, message) => {
    expectError(() => Reflect.construct(LayerNorm, args) as LayerNorm, 'ARGUMENT', message);
  });

  it('are thrown for what does not compile either', () => {
    const make = [
      // @ts-expect-error: statistics do not run here
      () => new LayerNorm(4, { decay: 0.9 }),
      // @ts-expect-error: a number
      () => new LayerNorm(4, { epsilon: '1e-5' }),
    ];
    for (const each of make) expectError(each, 'ARGUMENT', /^LayerNorm\(4\): /);
  });
});

layerSuite(
  { describe, it, after: afterAll },
  {
    create: () =>
      new LayerNorm([3, 2], {
        scaleInitializer: initializers.normal(),
        offsetInitializer: initializers.normal(),
      }),
    inputShape: [4, 3, 2],
    outputShape: [4, 3, 2],
    parameters: { scale: [3, 2], offset: [3, 2] },
    gradients: { order: 2 },
  },
);
