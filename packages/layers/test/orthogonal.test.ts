import { tanh, tensor, type Shape, type Tensor } from '@gradus/core';
import { randomKey } from '@gradus/random';
import { describe, expect, it } from 'vitest';
import {
  Dense,
  initializers,
  meanSquaredError,
  Sequential,
  type Initializer,
} from '../src/index.js';
import { lossAfter } from './descent.js';
import { expectClose, expectError, numbers, useCpu } from './support.js';

useCpu();

const { orthogonal } = initializers;

function matrix(shape: Shape, options?: initializers.OrthogonalOptions, seed = 1): Tensor {
  const context = { key: randomKey(seed), fanIn: 1, fanOut: 1 };
  const values = orthogonal(options)(shape, context);
  return tensor(values, { shape: [shape[0]!, values.length / shape[0]!], dtype: 'float64' });
}

const identity = (size: number): number[] =>
  Array.from({ length: size * size }, (_, index) => (index % (size + 1) === 0 ? 1 : 0));

describe('orthogonal', () => {
  it.each<[Shape]>([[[5, 5]], [[3, 8]], [[1, 4]], [[60, 60]], [[4, 2, 3, 3]]])(
    'has orthonormal rows for the shape %j',
    async (shape) => {
      const rows = matrix(shape);
      const products = await numbers(rows.matMul(rows.transpose()));
      expectClose(products, identity(shape[0]!), 1e-14);
    },
  );

  it.each<[Shape, number]>([
    [[8, 3], 3],
    [[4, 1], 1],
    [[50, 2, 3, 3], 18],
  ])('has orthonormal columns for the shape %j', async (shape, columns) => {
    const tall = matrix(shape);
    const products = await numbers(tall.transpose().matMul(tall));
    expectClose(products, identity(columns), 1e-14);
  });

  it('is multiplied by the gain', async () => {
    const scaled = matrix([4, 4], { gain: -2 });
    expectClose(await numbers(scaled), await numbers(matrix([4, 4]).mul(-2)), 1e-15);
  });

  it('is another matrix for another key', async () => {
    const [one, other] = [matrix([3, 3]), matrix([3, 3], {}, 2)];
    expect(await numbers(one)).not.toEqual(await numbers(other));
  });

  it('prefers no direction: elements have mean 0 and variance 1 / n, and half are reflections', async () => {
    const [count, size] = [600, 3];
    const all = Array.from({ length: count }, (_, seed) => matrix([size, size], {}, seed));
    const values = await Promise.all(all.map(numbers));
    for (let position = 0; position < size * size; position++) {
      const column = values.map((each) => each[position]!);
      const mean = column.reduce((sum, value) => sum + value) / count;
      const square = column.reduce((sum, value) => sum + value * value, 0) / count;
      // Standard errors: of the mean √(1/3/600) = 0.024, of the square √((1/5 − 1/9)/600) = 0.012.
      expect(Math.abs(mean)).toBeLessThan(0.1);
      expect(Math.abs(square - 1 / size)).toBeLessThan(0.05);
    }
    const reflections = values.filter((each) => determinant(each) < 0).length;
    // The standard deviation is √(600/4) = 12.
    expect(Math.abs(reflections - count / 2)).toBeLessThan(50);
  });

  it('refuses vectors, unknown options and infinite gains', () => {
    const message = 'orthogonal: only shapes of two axes or more are matrices, got [4].';
    expectError(() => matrix([4]), 'ARGUMENT', message);
    const gain = 'orthogonal: gain must be a finite number, got NaN.';
    expectError(() => orthogonal({ gain: NaN }), 'ARGUMENT', gain);
    expectError(() => orthogonal({ scale: 2 } as never), 'ARGUMENT', "unknown option 'scale'");
  });
});

const determinant = ([a, b, c, d, e, f, g, h, i]: number[]): number =>
  a! * (e! * i! - f! * h!) - b! * (d! * i! - f! * g!) + c! * (d! * h! - e! * g!);

it('keeps signals alive through many layers, where small weights lose them', async () => {
  const inputs = tensor([
    [0, 0, 1],
    [0, 1, 1],
    [1, 0, 1],
    [1, 1, 1],
  ]);
  const targets = tensor([[0], [1], [1], [0]]);
  const train = (weightInitializer: Initializer) => {
    const keys = randomKey(3).split(12);
    const layers = keys.map((random, position) => {
      const last = position === keys.length - 1;
      const options = { weightInitializer, random, ...(last ? {} : { activation: tanh }) };
      return new Dense(position === 0 ? 3 : 8, last ? 1 : 8, options);
    });
    const model = new Sequential(layers);
    const loss = () => meanSquaredError(model.forward(inputs), targets);
    return lossAfter(200, { model, loss, rate: 0.1 });
  };
  expect(await train(orthogonal())).toBeLessThan(0.05);
  expect(await train(initializers.normal({ standardDeviation: 0.1 }))).toBeGreaterThan(0.2);
});
