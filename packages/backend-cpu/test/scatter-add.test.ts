import { describe, expect, it } from 'vitest';
import { constant, index, load, operation, planOf, strided } from './support/build.js';
import { modes, runPlan } from './support/run.js';

describe.each(modes)('scatterAdd with %s', (_, generateCode) => {
  it('adds rows at their indices, in row-major order, and skips what is outside', () => {
    const row = load(1, index(0), 'int32');
    const plan = planOf(
      [
        { role: 'input', length: 8 },
        { role: 'input', length: 4, dtype: 'int32' },
        { role: 'output', length: 6 },
      ],
      [
        {
          kind: 'scatterAdd',
          name: 'embedding gradient',
          shape: [4, 2],
          index: operation(
            'add',
            'int32',
            operation('mul', 'int32', row, constant(2, 'int32')),
            index(1),
          ),
          value: load(0, strided([2, 1])),
          buffer: 2,
        },
      ],
    );
    const values = [1e8, 1, 2, 3, -1e8, 5, 1, 7];
    // Row 0 in this order: 1e8 + (−1e8) + 1; the 5 of the third row joins the 1 of the first.
    const { outputs } = runPlan(plan, [values, [0, 9, 0, 0]], [], generateCode);
    expect(outputs[0]).toEqual([1, 13, 0, 0, 0, 0]);
    expect(runPlan(plan, [values, [-1, 2, 1, 2]], [], generateCode).outputs[0]).toEqual([
      0, 0, -1e8, 5, 3, 10,
    ]);
  });

  it('rounds every addition to the dtype', () => {
    const scatter = (dtype: 'float32' | 'uint8', values: readonly number[]): number[] => {
      const plan = planOf(
        [
          { role: 'input', length: values.length, dtype },
          { role: 'output', length: 2, dtype },
        ],
        [
          {
            kind: 'scatterAdd',
            name: 'histogram',
            shape: [values.length],
            index: constant(1, 'int32'),
            value: load(0, index(0), dtype),
            buffer: 1,
          },
        ],
      );
      return runPlan(plan, [values], [], generateCode).outputs[0]!;
    };
    expect(scatter('float32', [16777216, 1, 1])).toEqual([0, 16777216]);
    expect(scatter('uint8', [200, 100, 3])).toEqual([0, 47]);
    expect(scatter('float32', [])).toEqual([0, 0]);
  });

  it('clears what was there before, also in a temporary that is used again', () => {
    const plan = planOf(
      [
        { role: 'temporary', length: 3 },
        { role: 'output', length: 3 },
      ],
      [
        { kind: 'map', name: 'fill', shape: [3], outputs: [{ buffer: 0, value: constant(9) }] },
        {
          kind: 'scatterAdd',
          name: 'one',
          shape: [],
          index: constant(2, 'int32'),
          value: constant(4),
          buffer: 0,
        },
        {
          kind: 'map',
          name: 'copy',
          shape: [3],
          outputs: [{ buffer: 1, value: load(0, index(0)) }],
        },
      ],
    );
    expect(runPlan(plan, [], [], generateCode).outputs[0]).toEqual([0, 0, 4]);
  });
});
