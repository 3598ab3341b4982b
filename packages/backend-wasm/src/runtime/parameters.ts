import {
  assertHolds,
  roundTo,
  runArgumentsCheck,
  type BufferHandle,
  type DataType,
  type Plan,
  type PlanBuffer,
} from '@gradus/core/backend';
import { parameterLayout } from '../codegen/environment.js';
import { usesThreadMemory } from '../codegen/plan-module.js';
import type { Engine } from './engine.js';
import type { DeviceMemory } from './memory.js';

/** The place where a plan finds the addresses of its buffers, and its scalars, in every run. */
export class PlanParameters {
  readonly #plan: Plan;
  readonly #memory: DeviceMemory;
  readonly #engine: Engine;
  readonly #check: ReturnType<typeof runArgumentsCheck>;
  /** Whether kernels need memory of each thread's own. */
  readonly #usesThreadMemory: boolean;
  readonly #byteLength: number;
  readonly #address: number;

  /** Reserves the place. Throws an `OutOfMemoryError` when there is none. */
  constructor(plan: Plan, memory: DeviceMemory, engine: Engine) {
    this.#plan = plan;
    this.#memory = memory;
    this.#engine = engine;
    this.#check = runArgumentsCheck(plan);
    this.#usesThreadMemory = usesThreadMemory(plan);
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
    this.#check({ inputs, outputs, scalars });
    const bytes = new Uint8Array(this.#byteLength);
    const view = new DataView(bytes.buffer);
    if (this.#usesThreadMemory) {
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
    const { role, position } = buffer;
    const handle = (role === 'input' ? inputs : outputs)[position]!;
    const { address, byteLength } = this.#memory.resolve(handle, `run (${role} ${position})`);
    assertHolds(buffer, byteLength);
    return address;
  }
}

function writeScalar(view: DataView, offset: number, dtype: DataType, value: number): void {
  if (dtype === 'float32') view.setFloat32(offset, value, true);
  else view.setInt32(offset, value, true);
}
