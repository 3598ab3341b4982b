import {
  bytesPerElement,
  DeviceError,
  roundTo,
  type BufferHandle,
  type DataType,
  type Plan,
  type PlanBuffer,
} from '@gradus/core/backend';
import { parameterLayout } from '../codegen/environment.js';
import { tablePlaces } from '../codegen/plan-module.js';
import type { Engine } from './engine.js';
import type { DeviceMemory } from './memory.js';

/** The place where a plan finds the addresses of its buffers, and its scalars, in every run. */
export class PlanParameters {
  readonly #plan: Plan;
  readonly #memory: DeviceMemory;
  readonly #engine: Engine;
  readonly #byteLength: number;
  readonly #address: number;

  /** Reserves the place. Throws an `OutOfMemoryError` when there is none. */
  constructor(plan: Plan, memory: DeviceMemory, engine: Engine) {
    this.#plan = plan;
    this.#memory = memory;
    this.#engine = engine;
    this.#byteLength = parameterLayout.byteLength(plan);
    this.#address = memory.reserve(this.#byteLength, "a plan's parameters");
  }

  /**
   * What a run with these handles and scalars needs to know. Throws a `DeviceError` for handles that
   * are freed, foreign, too small or not as many as the plan has, and an `OutOfMemoryError` when
   * kernels lack memory.
   */
  values(
    inputs: readonly BufferHandle[],
    outputs: readonly BufferHandle[],
    scalars: Float64Array,
  ): Uint8Array {
    const { buffers, scalars: dtypes } = this.#plan;
    assertCount('inputs', inputs.length, countOf(buffers, 'input'));
    assertCount('outputs', outputs.length, countOf(buffers, 'output'));
    assertCount('scalars', scalars.length, dtypes.length);
    const bytes = new Uint8Array(this.#byteLength);
    const view = new DataView(bytes.buffer);
    if (tablePlaces(this.#plan) > 0) {
      view.setInt32(parameterLayout.threads, this.#engine.threadMemory, true);
    }
    buffers.forEach((buffer, index) => {
      view.setInt32(parameterLayout.buffer(index), this.#addressOf(buffer, inputs, outputs), true);
    });
    dtypes.forEach((dtype, position) => {
      const offset = parameterLayout.scalar(this.#plan, position);
      writeScalar(view, offset, dtype, roundTo[dtype](scalars[position]!));
    });
    return bytes;
  }

  /** Puts the values into their place, and returns where that is. */
  store(values: Uint8Array): number {
    this.#memory.bytes.set(values, this.#address);
    return this.#address;
  }

  /** Gives the place back. */
  release(): void {
    this.#memory.release(this.#address, this.#byteLength);
  }

  #addressOf(
    buffer: PlanBuffer,
    inputs: readonly BufferHandle[],
    outputs: readonly BufferHandle[],
  ): number {
    if (buffer.role === 'temporary') return this.#memory.arenaAddress + buffer.byteOffset;
    const { role, position, dtype, length } = buffer;
    const handle = (role === 'input' ? inputs : outputs)[position]!;
    const { address, byteLength } = this.#memory.resolve(handle, `run (${role} ${position})`);
    const needed = length * bytesPerElement(dtype);
    if (byteLength < needed) {
      throw new DeviceError(
        `run: ${role} ${position} needs ${needed} bytes (${length} of ${dtype}), ` +
          `but its buffer has ${byteLength}.`,
      );
    }
    return address;
  }
}

function writeScalar(view: DataView, offset: number, dtype: DataType, value: number): void {
  if (dtype === 'float32') view.setFloat32(offset, value, true);
  else view.setInt32(offset, value, true);
}

function countOf(buffers: readonly PlanBuffer[], role: PlanBuffer['role']): number {
  return buffers.reduce((count, buffer) => count + (buffer.role === role ? 1 : 0), 0);
}

function assertCount(what: string, given: number, expected: number): void {
  if (given !== expected) {
    throw new DeviceError(`run: the plan has ${expected} ${what}, but ${given} were given.`);
  }
}
