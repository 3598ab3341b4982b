import { softmax, tensor } from '@gradus/core';
import * as fc from 'fast-check';
import { beforeAll, expect, test } from 'vitest';
import { grad } from '../src/index.js';
import { useCpu, valuesOf } from './support.js';

beforeAll(useCpu);

test('softmax of two classes is the logistic function of their difference, its gradient too', async () => {
  const pairs = valuesOf([5, 2], [-20, 20]);
  await fc.assert(
    fc.asyncProperty(pairs, async (values) => {
      const z = tensor(values);
      const first = softmax(z).at(null, 0);
      const logistic = z.at(null, 0).sub(z.at(null, 1)).sigmoid();
      const [a, b] = [await first.data(), await logistic.data()];
      a.forEach((value, i) => expect(value).toBeCloseTo(b[i]!, 13));
      const [da, db] = [await grad(first.sum(), z).data(), await grad(logistic.sum(), z).data()];
      da.forEach((value, i) => expect(value).toBeCloseTo(db[i]!, 13));
    }),
    { seed: 20_260_725, numRuns: 30 },
  );
});
