import {
  scalarFunction,
  type DataType,
  type Expression,
  type Kernel,
  type ScalarOperation,
} from '@gradus/core/backend';
import { describe, expect, it } from 'vitest';
import { WasmBackend } from '../../src/backend.js';
import { completeLibrary } from '../../src/codegen/complete-library.js';
import { planOf, runPlan } from '@gradus/kernel-tests/run-plan';

const values = {
  int32: [0, 1, -1, 2, 7, -7, 31, 33, 1000003, -999983, 2147483647, -2147483648],
  uint32: [0, 1, 2, 3, 7, 31, 33, 1000003, 2147483647, 2147483648, 4294967291, 4294967295],
  uint8: [0, 1, 2, 3, 7, 8, 31, 33, 100, 127, 128, 255],
} as const satisfies Partial<Record<DataType, readonly number[]>>;

type Integer = keyof typeof values;

const operations = ['floorDiv', 'mod', 'shiftLeft', 'shiftRight'] as const;

const backend = WasmBackend.createSync(completeLibrary);

/** An operation on each element of `left` and `right`, where the right one comes from elsewhere. */
async function apply(
  operation: ScalarOperation,
  dtype: Integer,
  left: readonly number[],
  right: readonly number[] | { readonly constant: number } | { readonly scalar: number },
): Promise<number[]> {
  const { length } = left;
  const index: Expression = { op: 'index', dtype: 'int32', axis: 0 };
  const load = (buffer: number): Expression => ({ op: 'load', dtype, buffer, index });
  const second: Expression =
    'constant' in right
      ? { op: 'constant', dtype, value: right.constant }
      : 'scalar' in right
        ? { op: 'scalar', dtype, position: 0 }
        : load(1);
  const value: Expression = { op: operation, dtype, inputs: [load(0), second] };
  const kernel: Kernel = {
    ...{ kind: 'map', name: operation, shape: [length], outputs: [{ buffer: 2, value }] },
  };
  const inputs = [
    { dtype, length, values: left },
    { dtype, length, values: 'length' in right ? right : [] },
  ];
  const plan = planOf(inputs, [{ dtype, length }], [kernel], [dtype]);
  const scalar = 'scalar' in right ? right.scalar : 0;
  const [result] = await runPlan(backend, plan, inputs, [scalar]);
  return result!;
}

describe.each(Object.keys(values) as Integer[])('%s', (dtype) => {
  const numbers = values[dtype];

  it.each(operations)('%s of two vectors, also by 0 and beyond the ends', async (operation) => {
    const pairs = numbers.flatMap((a) => numbers.map((b) => [a, b] as const));
    const [left, right] = [pairs.map(([a]) => a), pairs.map(([, b]) => b)];
    const expected = pairs.map(([a, b]) => scalarFunction(operation, dtype)(a, b));
    expect(await apply(operation, dtype, left, right)).toEqual(expected);
  });

  it.each(operations)('%s by numbers known when compiled, or when run', async (operation) => {
    for (const by of numbers) {
      const expected = numbers.map((a) => scalarFunction(operation, dtype)(a, by));
      const [constant, scalar] = [{ constant: by }, { scalar: by }];
      expect(await apply(operation, dtype, numbers, constant), `by ${by}`).toEqual(expected);
      expect(await apply(operation, dtype, numbers, scalar), `by ${by}`).toEqual(expected);
    }
  });
});
