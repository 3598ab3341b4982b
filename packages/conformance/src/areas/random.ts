import {
  bernoulli,
  normal,
  randomBits as hostBits,
  randomKey,
  truncatedNormal,
  uniform,
} from '@gradus/random';
import {
  compile,
  randomBernoulli,
  randomBits,
  randomNormal,
  randomTruncatedNormal,
  randomUniform,
  type Tensor,
} from '@gradus/core';
import type { RandomKey } from '@gradus/random';
import { checkValues } from '../assertions.js';
import { read, type BackendTests } from '../suite.js';
import { exact, type Tolerance } from '../tolerances.js';

const key = randomKey(2024).fold(7);
const shape = [3, 5, 7];
const count = 105;

/** Devices differ in their logarithms; the host computes in double precision. */
const normalTolerance: Tolerance = { units: 168, scale: 'atLeastOne' };

/** Random numbers are those of the host: the same bits, whatever the device. */
export function random(tests: BackendTests): void {
  const same = (
    name: string,
    draw: (key: RandomKey) => Tensor,
    data: ArrayLike<number>,
    tolerance: Tolerance = exact,
  ): void => {
    tests.test(`${name} on the device and on the host`, async () => {
      const drawn = draw(key);
      const expected = { shape: drawn.shape, dtype: drawn.dtype, data };
      checkValues(name, await read(drawn), expected, tolerance);
    });
    tests.test(`${name} with a key that is an argument of a program`, async () => {
      const program = compile((traced: RandomKey) => draw(traced), { device: tests.device });
      const drawn = await program(key);
      const expected = { shape: drawn.shape, dtype: drawn.dtype, data };
      checkValues(name, await read(drawn), expected, tolerance);
    });
  };
  same('bits', (each) => randomBits(each, shape), hostBits(key, count));
  same(
    'bits of a folded key',
    (each) => randomBits(each.fold(3), shape),
    hostBits(key.fold(3), count),
  );
  same(
    'bits of a split key',
    (each) => randomBits(each.split(3)[2]!, [5]),
    hostBits(key.fold(2), 5),
  );
  same('uniform', (each) => randomUniform(each, shape), uniform(key, count));
  const range = { minimum: -3, maximum: 5 };
  same(
    'uniform in a range',
    (each) => randomUniform(each, shape, range),
    uniform(key, count, range),
  );
  same('bernoulli', (each) => randomBernoulli(each, shape, 0.3), bernoulli(key, count, 0.3));
  same('normal', (each) => randomNormal(each, shape), normal(key, count), normalTolerance);
  const narrow = { mean: 1, standardDeviation: 0.1 };
  same(
    'normal with mean and deviation',
    (each) => randomNormal(each, shape, narrow),
    normal(key, count, narrow),
    normalTolerance,
  );
  for (const [name, distribution] of Object.entries({ 'around 0': {}, narrow })) {
    same(
      `truncated normal, ${name}`,
      (each) => randomTruncatedNormal(each, shape, distribution),
      truncatedNormal(key, count, distribution),
      normalTolerance,
    );
  }
  same('no bits at all', (each) => randomBits(each, [0]), hostBits(key, 0));
}
