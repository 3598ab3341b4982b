import {
  allocateTypedArray,
  scalarFunction,
  viewAsTypedArray,
  bytesOf,
  type DataType,
  type Expression,
  type ScalarOperation,
} from '@gradus/core/backend';
import { describe, expect, it } from 'vitest';
import { WasmBackend } from '../../src/backend.js';

const values = {
  int32: [0, 1, -1, 2, 7, -7, 31, 33, 1000003, -999983, 2147483647, -2147483648],
  uint32: [0, 1, 2, 3, 7, 31, 33, 1000003, 2147483647, 2147483648, 4294967291, 4294967295],
  uint8: [0, 1, 2, 3, 7, 8, 31, 33, 100, 127, 128, 255],
} as const satisfies Partial<Record<DataType, readonly number[]>>;

type Integer = keyof typeof values;

const operations = ['floorDiv', 'mod', 'shiftLeft', 'shiftRight'] as const;

/** An operation on each element of `left` and `right`, where the right one comes from elsewhere. */
function apply(
  operation: ScalarOperation,
  dtype: Integer,
  left: readonly number[],
  right: readonly number[] | { readonly constant: number } | { readonly scalar: number },
): number[] {
  const backend = WasmBackend.createSync();
  const { length } = left;
  const index: Expression = { op: 'index', dtype: 'int32', axis: 0 };
  const load = (buffer: number): Expression => ({ op: 'load', dtype, buffer, index });
  const second: Expression =
    'constant' in right
      ? { op: 'constant', dtype, value: right.constant }
      : 'scalar' in right
        ? { op: 'scalar', dtype, position: 0 }
        : load(1);
  const executable = backend.compileSync({
    buffers: [
      { role: 'input', dtype, length, position: 0, written: false },
      { role: 'input', dtype, length, position: 1, written: false },
      { role: 'output', dtype, length, position: 0 },
    ],
    scalars: [dtype],
    arenaByteLength: 0,
    kernels: [
      {
        kind: 'map',
        name: operation,
        shape: [length],
        outputs: [{ buffer: 2, value: { op: operation, dtype, inputs: [load(0), second] } }],
      },
    ],
  });
  const buffer = (content: readonly number[]) => {
    const array = allocateTypedArray(dtype, length);
    array.set(content);
    const handle = backend.allocate(array.byteLength);
    backend.write(handle, bytesOf(array));
    return handle;
  };
  const inputs = [buffer(left), buffer('length' in right ? right : [])];
  const output = buffer([]);
  const scalar = 'scalar' in right ? right.scalar : 0;
  executable.runSync!(inputs, [output], Float64Array.of(scalar));
  const { byteLength } = allocateTypedArray(dtype, length);
  const result = [...viewAsTypedArray(dtype, backend.readSync(output, byteLength))];
  backend.dispose();
  return result;
}

describe.each(Object.keys(values) as Integer[])('%s', (dtype) => {
  const numbers = values[dtype];

  it.each(operations)('%s of two vectors, also by 0 and beyond the ends', (operation) => {
    const pairs = numbers.flatMap((a) => numbers.map((b) => [a, b] as const));
    const [left, right] = [pairs.map(([a]) => a), pairs.map(([, b]) => b)];
    const expected = pairs.map(([a, b]) => scalarFunction(operation, dtype)(a, b));
    expect(apply(operation, dtype, left, right)).toEqual(expected);
  });

  it.each(operations)('%s by numbers known when compiled, or when run', (operation) => {
    for (const by of numbers) {
      const expected = numbers.map((a) => scalarFunction(operation, dtype)(a, by));
      expect(apply(operation, dtype, numbers, { constant: by }), `by ${by}`).toEqual(expected);
      expect(apply(operation, dtype, numbers, { scalar: by }), `by ${by}`).toEqual(expected);
    }
  });
});
