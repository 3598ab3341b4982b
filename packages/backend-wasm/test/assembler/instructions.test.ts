import { beforeAll, describe, expect, it } from 'vitest';
import createWabt from 'wabt';
import { print } from '../../src/assembler/index.js';
import * as assembler from '../../src/assembler/index.js';
import { enableRelaxedSimd } from '../support/features.js';
import { integerVectorSamples } from '../support/integer-vector-samples.js';
import { memorySamples } from '../support/memory-samples.js';
import { expectedResults, runSamples, sampleModule } from '../support/samples.js';
import { scalarSamples } from '../support/scalar-samples.js';
import { relaxedSamples, vectorSamples } from '../support/vector-samples.js';
import { withoutNames } from '../support/wabt.js';

const families = {
  scalarSamples,
  vectorSamples,
  integerVectorSamples,
  memorySamples,
  relaxedSamples,
};

beforeAll(enableRelaxedSimd);

describe.each(Object.entries(families))('%s', (_name, samples) => {
  it('give what their names promise', async () => {
    expect(await runSamples(samples)).toEqual(expectedResults(samples));
  });
});

it('are all sampled', () => {
  const sampled = Object.values(families).flatMap(Object.keys);
  expect(sampled.sort()).toEqual(instructionNames().sort());
});

it.each(Object.entries(families))(
  'are encoded as another assembler encodes the text of %s',
  async (_name, samples) => {
    const module = sampleModule(samples);
    const wabt = await createWabt();
    const parsed = wabt.parseWat('samples.wat', print(module), {
      simd: true,
      relaxed_simd: true,
      threads: true,
      bulk_memory: true,
    });
    const { buffer } = parsed.toBinary({ write_debug_names: false });
    expect(withoutNames(assembler.encode(module))).toEqual(buffer);
  },
);

/** The dotted names of everything that makes instructions. */
function instructionNames(): string[] {
  const { i8x16, i16x8, i32x4, i32, i64, f32, f64, f32x4, f64x2, v128, memory, atomic } = assembler;
  const spaces = { i8x16, i16x8, i32x4, i32, i64, f32, f64, f32x4, f64x2, v128, memory, atomic };
  const names = (prefix: string, space: object): string[] =>
    Object.entries(space).flatMap(([key, value]: [string, unknown]) =>
      typeof value === 'object' ? names(`${prefix}${key}.`, value!) : [prefix + key],
    );
  return names('', spaces);
}
