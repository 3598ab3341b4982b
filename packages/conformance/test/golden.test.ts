import { expect, it } from 'vitest';
import { goldenFile, type GoldenFamily } from '../src/index.js';

const counts: Readonly<Record<GoldenFamily, number>> = {
  activations: 14,
  conv2d: 6,
  losses: 7,
  normalization: 5,
  optimizers: 10,
  pool2d: 8,
  tensor: 71,
  trajectory: 1,
};

for (const [family, count] of Object.entries(counts) as [GoldenFamily, number][]) {
  it(`${family}: ${count} cases, each tensor as long as its shape says`, async () => {
    const { cases } = await goldenFile(family);
    expect(cases).toHaveLength(count);
    for (const { inputs, outputs } of cases) {
      for (const { shape, data } of [...Object.values(inputs), ...Object.values(outputs)]) {
        expect(data).toHaveLength(shape.reduce((product, extent) => product * extent, 1));
      }
    }
  });
}
