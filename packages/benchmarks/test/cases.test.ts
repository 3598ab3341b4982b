import { expect, it } from 'vitest';
import { convDropout } from '../src/cases/conv-dropout.js';
import { convLarge } from '../src/cases/conv-large.js';
import { fillOf, worksOf } from '../src/cases/layer-work.js';
import { initialParameters } from '../src/cases/network.js';
import { networks } from '../src/cases/networks.js';
import { integers, uniform } from '../src/cases/numbers.js';

it('the products of conv-large are 5.5 GFLOP, and nobody asks for the gradient of the images', () => {
  const works = worksOf(convLarge);
  expect(works).toHaveLength(14);
  const total = works.reduce((sum, { multiplyAdds }) => sum + multiplyAdds, 0);
  expect((2 * total) / 1e9).toBeCloseTo(5.48, 2);
});

it('six channels fill three quarters of two vectors', () => {
  const [first] = worksOf(convDropout);
  expect(first).toMatchObject({ layer: '6@6×6', pass: 'forward', lanes: 6 });
  expect(fillOf(first!)).toBe(0.75);
});

it("the sizes of layers are the lecture's", () => {
  const sizes = networks.map(({ layers }) =>
    layers.flatMap((layer) => (layer.type === 'dense' ? [layer.inFeatures] : [])),
  );
  expect(sizes).toEqual([
    [784, 200, 100, 60, 30],
    [32 * 5 * 5, 128],
    [24 * 7 * 7, 200],
    [64 * 7 * 7, 200],
    [64 * 7 * 7, 200],
  ]);
  const shapes = initialParameters(convDropout).map(({ shape }) => shape);
  expect(shapes.slice(0, 3)).toEqual([
    [6, 1, 6, 6],
    [12, 6, 5, 5],
    [24, 12, 4, 4],
  ]);
});

it('numbers are spread evenly, and differ from seed to seed', () => {
  const values = uniform(10_000, 3, -1, 1);
  expect(Math.min(...values)).toBeGreaterThanOrEqual(-1);
  expect(Math.max(...values)).toBeLessThan(1);
  expect(Math.abs(values.reduce((sum, value) => sum + value, 0) / 10_000)).toBeLessThan(0.02);
  expect(uniform(10, 3, -1, 1)).toEqual(values.slice(0, 10));
  expect(uniform(10, 4, -1, 1)).not.toEqual(values.slice(0, 10));
  expect(new Set(integers(1000, 1, 10))).toEqual(new Set(Array.from({ length: 10 }, (_, i) => i)));
});
