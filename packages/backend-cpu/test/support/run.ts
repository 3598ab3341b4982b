import {
  allocateTypedArray,
  bytesOf,
  viewAsTypedArray,
  type Backend,
  type DataType,
  type Plan,
} from '@gradus/core/backend';
import { CpuBackend } from '../../src/index.js';

/** Both ways of running a program; the second is what a strict page gets. */
export const modes = [
  ['generated functions', true],
  ['closures', false],
] as const;

export interface Result {
  readonly outputs: number[][];
  /** The inputs after the run, which may have been written. */
  readonly inputs: number[][];
}

/** Runs `plan` on a backend of its own; numbers in, numbers out. */
export function runPlan(
  plan: Plan,
  inputs: readonly (readonly number[])[],
  scalars: readonly number[] = [],
  generateCode = true,
): Result {
  const backend = new CpuBackend({ generateCode });
  try {
    return runOn(backend, plan, inputs, scalars);
  } finally {
    backend.dispose();
  }
}

export function runOn(
  backend: Backend,
  plan: Plan,
  inputs: readonly (readonly number[])[],
  scalars: readonly number[] = [],
): Result {
  const buffersOf = (role: 'input' | 'output') =>
    plan.buffers
      .filter((buffer) => buffer.role === role)
      .map(({ dtype, length }) => ({ dtype, length }));
  const ins = buffersOf('input').map(({ dtype, length }, position) => {
    const array = allocateTypedArray(dtype, length);
    array.set(inputs[position]!);
    const handle = backend.allocate(array.byteLength);
    backend.write(handle, bytesOf(array));
    return { handle, dtype, byteLength: array.byteLength };
  });
  const outs = buffersOf('output').map(({ dtype, length }) => {
    const { byteLength } = allocateTypedArray(dtype, length);
    return { handle: backend.allocate(byteLength), dtype, byteLength };
  });
  const executable = backend.compileSync!(plan);
  executable.runSync!(
    ins.map(({ handle }) => handle),
    outs.map(({ handle }) => handle),
    Float64Array.from(scalars),
  );
  executable.dispose();
  const numbers = ({ handle, dtype, byteLength }: (typeof ins)[number]): number[] => {
    const bytes = backend.readSync!(handle, byteLength);
    backend.free(handle);
    return Array.from(viewAsTypedArray(dtype, bytes));
  };
  return { outputs: outs.map(numbers), inputs: ins.map(numbers) };
}

/** Values where operations go wrong: the ends of each dtype, halves, signs, what is not a number. */
export const edgeValues: Record<Exclude<DataType, 'float16'>, readonly number[]> = {
  float32: [
    0,
    -0,
    1,
    -1,
    0.5,
    -0.5,
    1.5,
    2.5,
    -2.5,
    3,
    -7,
    1e-45,
    -1e-45,
    1.1754943508222875e-38,
    88.5,
    -104,
    16777216,
    2147483648,
    -2147483649,
    4294967296,
    3.4028234663852886e38,
    -3.4028234663852886e38,
    Infinity,
    -Infinity,
    NaN,
  ].map(Math.fround),
  float64: [
    0,
    -0,
    1,
    -1,
    0.5,
    1.5,
    -2.5,
    0.1,
    -7.3,
    5e-324,
    1e-310,
    709.9,
    -746,
    2147483647.5,
    -2147483648.5,
    4294967295.5,
    9007199254740991,
    1.7976931348623157e308,
    Infinity,
    -Infinity,
    NaN,
  ],
  int32: [0, 1, -1, 2, 3, -7, 31, 33, 65537, 2147483647, -2147483648],
  uint32: [0, 1, 2, 3, 7, 31, 33, 65537, 2147483647, 2147483648, 4294967295],
  uint8: [0, 1, 2, 3, 7, 31, 127, 128, 255],
  bool: [0, 1],
};
