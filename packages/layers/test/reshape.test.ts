import { layerSuite } from '@gradus/conformance';
import { tensor, zeros, type Shape } from '@gradus/core';
import { afterAll, describe, expect, it } from 'vitest';
import { Flatten, Reshape, Sequential } from '../src/index.js';
import { expectError, useCpu } from './support.js';

useCpu();

it.each<[Shape, Shape, Shape]>([
  [
    [5, 784],
    [1, 28, 28],
    [5, 1, 28, 28],
  ],
  [
    [5, 1, 28, 28],
    [28, 28],
    [5, 28, 28],
  ],
  [
    [5, 12],
    [3, -1],
    [5, 3, 4],
  ],
  [[5, 12], [-1], [5, 12]],
  [[5], [1, -1], [5, 1, 1]],
  [[5, 1], [], [5]],
  [
    [0, 12],
    [-1, 2],
    [0, 6, 2],
  ],
  [
    [5, 0, 4],
    [2, -1],
    [5, 2, 0],
  ],
])('maps %j by %j to %j', (input, shape, expected) => {
  expect(new Reshape(shape).forward(zeros(input)).shape).toEqual(expected);
});

it('keeps the values of each example, in order', async () => {
  const rows = [
    [1, 2, 3, 4],
    [5, 6, 7, 8],
  ];
  const squares = new Reshape([2, 2]).forward(tensor(rows));
  expect(await squares.toArray()).toEqual([
    [
      [1, 2],
      [3, 4],
    ],
    [
      [5, 6],
      [7, 8],
    ],
  ]);
  const back = new Sequential([new Reshape([2, -1]), new Flatten()]);
  expect(await back.forward(tensor(rows)).toArray()).toEqual(rows);
});

it('does not follow changes of the array that it was given', () => {
  const shape = [2, 3];
  const layer = new Reshape(shape);
  shape[0] = 6;
  expect(String(layer)).toBe('Reshape([2, 3])');
});

describe('errors', () => {
  it('name the shapes', () => {
    const forward = (shape: Shape, input: Shape) => () => new Reshape(shape).forward(zeros(input));
    const exact = 'Reshape([1, 28, 28]): each example of [5, 100] has 100 elements, expected 784.';
    expectError(forward([1, 28, 28], [5, 100]), 'SHAPE', exact);
    const multiple =
      'Reshape([3, -1]): each example of [6, 4] has 4 elements, expected a multiple of 3.';
    expectError(forward([3, -1], [6, 4]), 'SHAPE', multiple);
    expectError(forward([1], []), 'SHAPE', 'expected a batch axis to keep, got a scalar.');
  });

  it.each<[unknown, string]>([
    [784, 'Reshape: expected the shape of an example, as [1, 28, 28], got 784.'],
    [[-1, 2, -1], 'Reshape([-1, 2, -1]): only one extent may be -1, to be inferred.'],
    [[2, 0], 'Reshape([2, 0]): extents must be positive integers, one may be -1; got 0.'],
    [[2.5], 'one may be -1; got 2.5.'],
    [[-2], 'one may be -1; got -2.'],
    [['4'], "one may be -1; got '4'."],
  ])('reject the shape %j', (shape, message) => {
    expectError(() => Reflect.construct(Reshape, [shape]) as Reshape, 'ARGUMENT', message);
  });
});

layerSuite(
  { describe, it, after: afterAll },
  {
    create: () => new Reshape([3, -1]),
    inputShape: [2, 6],
    outputShape: [2, 3, 2],
    parameters: {},
    gradients: {},
  },
);
