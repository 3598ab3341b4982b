import { bytesPerElement } from '../dtype.js';
import { DeviceError } from '../errors.js';
import type { Plan, PlanBuffer } from './kernels.js';

/** How many of each a run of a plan is given. */
export interface RunArguments {
  readonly inputs: ArrayLike<unknown>;
  readonly outputs: ArrayLike<unknown>;
  readonly scalars: ArrayLike<unknown>;
}

/** What checks the number of arguments of each run of `plan`. It throws a `DeviceError`. */
export function runArgumentsCheck({ buffers, scalars }: Plan): (given: RunArguments) => void {
  const countOf = (role: PlanBuffer['role']): number =>
    buffers.filter((buffer) => buffer.role === role).length;
  const expected = {
    inputs: countOf('input'),
    outputs: countOf('output'),
    scalars: scalars.length,
  };
  return (given) => {
    for (const name of ['inputs', 'outputs', 'scalars'] as const) {
      if (given[name].length === expected[name]) continue;
      throw new DeviceError(
        `run: the plan has ${expected[name]} ${name}, but ${given[name].length} were given.`,
      );
    }
  };
}

/** Throws a `DeviceError` unless memory of `byteLength` bytes can be this input or output of a plan. */
export function assertHolds(
  { role, position, dtype, length }: Exclude<PlanBuffer, { role: 'temporary' }>,
  byteLength: number,
): void {
  const needed = length * bytesPerElement(dtype);
  if (byteLength >= needed) return;
  throw new DeviceError(
    `run: ${role} ${position} needs ${needed} bytes (${length} of ${dtype}), ` +
      `but its buffer has ${byteLength}.`,
  );
}
