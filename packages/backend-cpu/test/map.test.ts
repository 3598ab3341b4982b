import { describe, expect, it } from 'vitest';
import { constant, index, load, operation, planOf, scalar, strided } from './support/build.js';
import { modes, runPlan } from './support/run.js';

const range = (length: number): number[] => Array.from({ length }, (_, i) => i);

describe.each(modes)('map with %s', (_, generateCode) => {
  it('broadcasts, transposes and flips through strides', () => {
    const shape = [2, 3];
    const sum = operation(
      'add',
      'float32',
      load(0, strided([1, 2])),
      operation('add', 'float32', load(1, strided([0, -1], 2)), load(2, constant(0, 'int32'))),
    );
    const plan = planOf(
      [
        { role: 'input', length: 6 },
        { role: 'input', length: 3 },
        { role: 'input', length: 1 },
        { role: 'output', length: 6 },
      ],
      [{ kind: 'map', name: 'xᵀ + flip(row) + s', shape, outputs: [{ buffer: 3, value: sum }] }],
    );
    const { outputs } = runPlan(plan, [range(6), [10, 20, 30], [100]], [], generateCode);
    expect(outputs[0]).toEqual([130, 122, 114, 131, 123, 115]);
  });

  it('has several outputs and rounds run-time scalars to their dtype', () => {
    const x = load(0, index(0));
    const product = operation('add', 'float32', operation('mul', 'float32', x, scalar(0)), x);
    const plan = planOf(
      [
        { role: 'input', length: 2 },
        { role: 'output', length: 2, dtype: 'float64' },
        { role: 'output', length: 2, dtype: 'uint32' },
        { role: 'output', length: 2, dtype: 'float64' },
      ],
      [
        {
          kind: 'map',
          name: 'two outputs',
          shape: [2],
          outputs: [
            { buffer: 1, value: operation('cast', 'float64', product) },
            { buffer: 3, value: operation('cast', 'float64', scalar(0)) },
            { buffer: 2, value: scalar(1, 'uint32') },
          ],
        },
      ],
      ['float32', 'uint32'],
    );
    const { outputs } = runPlan(plan, [[1, 3]], [0.1, 4294967295], generateCode);
    const tenth = Math.fround(0.1);
    expect(outputs).toEqual([
      [Math.fround(tenth + 1), Math.fround(Math.fround(3 * tenth) + 3)],
      [4294967295, 4294967295],
      [tenth, tenth],
    ]);
  });

  it('updates several inputs in place, each from the old values of all', () => {
    const w = load(0, index(0));
    const m = load(1, index(0));
    const gradient = load(2, index(0));
    const momentum = operation(
      'add',
      'float32',
      operation('mul', 'float32', m, constant(0.5)),
      gradient,
    );
    const plan = planOf(
      [
        { role: 'input', length: 3, written: true },
        { role: 'input', length: 3, written: true },
        { role: 'input', length: 3 },
      ],
      [
        {
          kind: 'map',
          name: 'momentum',
          shape: [3],
          outputs: [
            { buffer: 0, value: operation('sub', 'float32', w, m) },
            { buffer: 1, value: momentum },
          ],
        },
      ],
    );
    const { inputs } = runPlan(
      plan,
      [
        [1, 2, 3],
        [2, 4, 6],
        [10, 20, 30],
      ],
      [],
      generateCode,
    );
    expect(inputs.slice(0, 2)).toEqual([
      [-1, -2, -3],
      [11, 22, 33],
    ]);
  });

  it('pads: where the mask is false, memory is not touched and the value is 0', () => {
    const inside = operation(
      'and',
      'bool',
      operation('lessEqual', 'bool', constant(1, 'int32'), index(0)),
      operation('less', 'bool', index(0), constant(4, 'int32')),
    );
    const plan = planOf(
      [
        { role: 'input', length: 3 },
        { role: 'output', length: 5 },
      ],
      [
        {
          kind: 'map',
          name: 'pad',
          shape: [5],
          outputs: [{ buffer: 1, value: load(0, strided([1], -1), 'float32', inside) }],
        },
      ],
    );
    expect(runPlan(plan, [[7, 8, 9]], [], generateCode).outputs[0]).toEqual([0, 7, 8, 9, 0]);
  });

  it('gathers: an index may itself be loaded', () => {
    const row = load(1, index(0), 'int32');
    const position = operation(
      'add',
      'int32',
      operation('mul', 'int32', row, constant(2, 'int32')),
      index(1),
    );
    const plan = planOf(
      [
        { role: 'input', length: 6, dtype: 'uint8' },
        { role: 'input', length: 2, dtype: 'int32' },
        { role: 'output', length: 4, dtype: 'uint8' },
      ],
      [
        {
          kind: 'map',
          name: 'gather',
          shape: [2, 2],
          outputs: [{ buffer: 2, value: load(0, position, 'uint8') }],
        },
      ],
    );
    expect(runPlan(plan, [range(6), [2, 0]], [], generateCode).outputs[0]).toEqual([4, 5, 0, 1]);
  });

  it('reshapes through division and remainder', () => {
    const flat = strided([3, 1]);
    const position = operation(
      'add',
      'int32',
      operation(
        'mul',
        'int32',
        operation('mod', 'int32', flat, constant(2, 'int32')),
        constant(3, 'int32'),
      ),
      operation('floorDiv', 'int32', flat, constant(2, 'int32')),
    );
    const plan = planOf(
      [
        { role: 'input', length: 6 },
        { role: 'output', length: 6 },
      ],
      [
        {
          kind: 'map',
          name: 'reshape',
          shape: [2, 3],
          outputs: [{ buffer: 1, value: load(0, position) }],
        },
      ],
    );
    expect(runPlan(plan, [range(6)], [], generateCode).outputs[0]).toEqual([0, 3, 1, 4, 2, 5]);
  });

  it('leaves nothing to do for an empty index space, and one point for a scalar', () => {
    const plan = planOf(
      [
        { role: 'input', length: 0 },
        { role: 'output', length: 0 },
        { role: 'output', length: 1 },
      ],
      [
        {
          kind: 'map',
          name: 'empty',
          shape: [3, 0],
          outputs: [{ buffer: 1, value: load(0, index(1)) }],
        },
        { kind: 'map', name: 'scalar', shape: [], outputs: [{ buffer: 2, value: constant(5) }] },
      ],
    );
    expect(runPlan(plan, [[]], [], generateCode).outputs).toEqual([[], [5]]);
  });

  it('passes temporaries from kernel to kernel through the arena', () => {
    const plan = planOf(
      [
        { role: 'input', length: 4 },
        { role: 'temporary', length: 4 },
        { role: 'temporary', length: 4, dtype: 'float64' },
        { role: 'output', length: 4 },
      ],
      [
        {
          kind: 'map',
          name: 'square, and its root in double precision',
          shape: [4],
          outputs: [
            { buffer: 1, value: operation('mul', 'float32', load(0, index(0)), load(0, index(0))) },
            {
              buffer: 2,
              value: operation('sqrt', 'float64', operation('cast', 'float64', load(0, index(0)))),
            },
          ],
        },
        {
          kind: 'map',
          name: 'sum',
          shape: [4],
          outputs: [
            {
              buffer: 3,
              value: operation(
                'cast',
                'float32',
                operation(
                  'add',
                  'float64',
                  operation('cast', 'float64', load(1, index(0))),
                  load(2, index(0), 'float64'),
                ),
              ),
            },
          ],
        },
      ],
    );
    const expected = [0, 2, 4 + Math.SQRT2, 9 + Math.sqrt(3)].map(Math.fround);
    expect(runPlan(plan, [range(4)], [], generateCode).outputs[0]).toEqual(expected);
  });

  it('computes expressions of hundreds of operations, shared parts once', () => {
    let value = load(0, index(0), 'int32') as ReturnType<typeof operation>;
    let expected = 3;
    for (let i = 0; i < 400; i++) {
      value = operation('add', 'int32', value, value);
      value = operation('xor', 'int32', value, constant(i, 'int32'));
      expected = ((expected + expected) | 0) ^ i;
    }
    const plan = planOf(
      [
        { role: 'input', length: 1, dtype: 'int32' },
        { role: 'output', length: 1, dtype: 'int32' },
      ],
      [{ kind: 'map', name: 'long', shape: [1], outputs: [{ buffer: 1, value }] }],
    );
    expect(runPlan(plan, [[3]], [], generateCode).outputs[0]).toEqual([expected]);
  });
});
