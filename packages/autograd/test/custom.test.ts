import { customGradient, stopGradient, type Tensor } from '@gradus/core';
import { beforeAll, describe, expect, test } from 'vitest';
import { grad } from '../src/index.js';
import { exact, failure, useCpu } from './support.js';

beforeAll(useCpu);

/** A step forward, a straight line backward. */
const straightThrough = (x: Tensor): Tensor =>
  customGradient(
    [x],
    (each) => each.round(),
    (gradient) => [gradient],
  );

describe('customGradient', () => {
  test('replaces the gradient of what it computes', async () => {
    const x = exact([0.4, 1.6]);
    const y = straightThrough(x);
    const gradient = grad(y.square().sum(), x);
    expect(await y.toArray()).toEqual([0, 2]);
    expect(await gradient.toArray()).toEqual([0, 4]);
  });

  test('is given the output and the inputs', async () => {
    const [a, b] = [exact([2, 3]), exact([5, 7])];
    const product = customGradient(
      [a, b],
      (left, right) => left.mul(right),
      (gradient, output, [left, right]) => [
        gradient.mul(output).div(left!),
        gradient.mul(output).div(right!),
      ],
    );
    const [da, db] = grad(product.sum(), [a, b]);
    expect(await da.toArray()).toEqual([5, 7]);
    expect(await db.toArray()).toEqual([2, 3]);
  });

  test('may leave inputs without a gradient', () => {
    const [a, b] = [exact(2), exact(3)];
    const sum = customGradient(
      [a, b],
      (left, right) => left.add(right),
      (gradient) => [gradient, undefined],
    );
    expect(() => grad(sum, b)).toThrow(/does not depend on/);
  });

  test('does not let gradients into its own computation', () => {
    const captured = exact(4);
    const y = customGradient(
      [exact(2)],
      (x) => x.mul(captured),
      (gradient) => [gradient],
    );
    expect(() => grad(y, captured)).toThrow(failure('GRADIENT', /does not depend on/));
  });

  test('has gradients of gradients', async () => {
    const x = exact(3);
    const cube = customGradient(
      [x],
      (each) => each.pow(3),
      (gradient, _, [each]) => [gradient.mul(each!.square().mul(3))],
    );
    expect(await grad(grad(cube, x), x).item()).toBe(18);
  });

  test.each([
    ['too few gradients', () => [], /returned 0 gradients for 1 inputs/],
    [
      'a gradient of another shape',
      () => [exact(1)],
      /input 0 is float64 \[\], but the input is float64 \[2\]/,
    ],
    [
      'a gradient of another dtype',
      (gradient: Tensor) => [gradient.cast('float32')],
      /is float32 \[2\]/,
    ],
  ])('%s is an error', (_, backward, message) => {
    const x = exact([1, 2]);
    const y = customGradient([x], (each) => each.mul(2), backward);
    expect(() => grad(y.sum(), x)).toThrow(failure('GRADIENT', message));
  });
});

describe('stopGradient', () => {
  test('makes a constant of one path', async () => {
    const x = exact([2, 3]);
    expect(await grad(stopGradient(x).mul(x).sum(), x).toArray()).toEqual([2, 3]);
  });

  test('on every path leaves nothing', () => {
    const x = exact(2);
    expect(() => grad(stopGradient(x.square()), x)).toThrow(/only through stopGradient/);
  });
});
