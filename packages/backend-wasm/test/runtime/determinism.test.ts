import {
  compile,
  conv2d,
  conv2dFilterGradient,
  conv2dInputGradient,
  type Convolution2d,
  type Device,
  type Tensor,
} from '@gradus/core';
import { afterAll, describe, expect, it } from 'vitest';
import { wasm, wasmSync } from '../../src/index.js';
import { buildPackage } from '../support/package.js';

const { worker } = await buildPackage();
const alone = wasmSync();

const shape = [67, 131] as const;
const seeds = [0, 1, 2];

/** What a program makes of the numbers of each seed. */
async function results(program: (x: Tensor) => Tensor, device: Device): Promise<Float32Array[]> {
  const step = compile(program, { device });
  const outcomes: Float32Array[] = [];
  for (const seed of seeds) {
    const numbers = { length: shape[0] * shape[1] };
    const data = Float32Array.from(numbers, (_, index) => Math.sin(seed + index * 0.37));
    outcomes.push((await (await step({ data, shape })).data()) as Float32Array);
  }
  return outcomes;
}

const images = (x: Tensor): Tensor => x.reshape([-1]).at([0, 8192]).reshape([8, 4, 16, 16]);
const filter = (x: Tensor): Tensor => x.reshape([-1]).at([0, 216]).reshape([6, 4, 3, 3]);
const window: Convolution2d = {
  kernel: [3, 3],
  stride: [1, 1],
  dilation: [1, 1],
  groups: 1,
  padding: { top: 0, bottom: 0, left: 0, right: 0 },
};

/** Of which threads share out the elements: maps, sums along both axes, products. */
const programs: Readonly<Record<string, (x: Tensor) => Tensor>> = {
  'means of rows and columns': (x) => {
    const rows = x.sub(x.mean(1, { keepDims: true })).exp();
    const sums = x.transpose().sum(0).reshape([-1, 1]);
    return rows.div(rows.sum(0, { keepDims: true })).add(sums);
  },
  'bytes, transposed': (x) => x.mul(100).cast('uint8').transpose().add(1),
  'signs as bool': (x) => x.greater(x.mean(0, { keepDims: true })),
  'positions of maxima': (x) => x.sub(x.mean(0, { keepDims: true })).argMax(0),
  'one sum': (x) => x.exp().sum(),
  'softmax of rows, long and short': (x) => {
    const pairs = x.pad([0, 0], [0, 1]).reshape([-1, 2]).softmax();
    return x.softmax().add(pairs.max(1).slice([0], [131]));
  },
  'a product of matrices': (x) => x.matMul(x.transpose()).tanh().matMul(x),
  'a convolution': (x) => conv2d(images(x), filter(x)),
  'the gradient of its images': (x) =>
    conv2dInputGradient(conv2d(images(x), filter(x)), filter(x), [8, 4, 16, 16], window),
};

/** Of which they share out the terms of sums: the images of a batch. */
const filterGradient = (x: Tensor): Tensor =>
  conv2dFilterGradient(images(x), conv2d(images(x), filter(x)), [6, 4, 3, 3], window);

describe.each([2, 3, 8])('%i threads', async (threads) => {
  const [one, other] = [await wasm({ threads, worker }), await wasm({ threads, worker })];
  afterAll(() => [one, other].forEach((device) => device.dispose()));

  it('are there', () => expect(one.capabilities.threads.count).toBe(threads));

  it.each(Object.entries(programs))('compute %s as one does', async (_, program) => {
    const expected = await results(program, alone);
    expect(await results(program, one)).toEqual(expected);
  });

  it('compute the gradient of a filter as one does, to a millionth of its largest element', async () => {
    const expected = await results(filterGradient, alone);
    const found = await results(filterGradient, one);
    for (const [seed, wanted] of expected.entries()) {
      const largest = Math.max(...wanted.map(Math.abs));
      const errors = wanted.map((value, index) => Math.abs(value - found[seed]![index]!));
      expect(Math.max(...errors)).toBeLessThan(1e-6 * largest);
    }
  });

  it('give the same bits each time', async () => {
    const expected = await results(filterGradient, one);
    for (let time = 0; time < 3; time++) {
      expect(await results(filterGradient, other)).toEqual(expected);
    }
  });
});
