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
import type { DeviceMemory, Place } from './memory.js';
import type { RunPlace } from './messages.js';

const purpose = "a plan's parameters";

/** What a run needs to know. */
export interface RunParameters {
  readonly bytes: Uint8Array;
  readonly place: RunPlace;
}

/** The place where a plan finds the addresses of its buffers, and its scalars, in every run. */
export class PlanParameters {
  readonly #plan: Plan;
  readonly #memory: DeviceMemory;
  readonly #engine: Engine;
  readonly #check: ReturnType<typeof runArgumentsCheck>;
  /** Whether kernels need memory of each thread's own. */
  readonly #usesThreadMemory: boolean;
  readonly #byteLength: number;
  #place: Place;

  /** Reserves the place. Throws an `OutOfMemoryError` when there is none. */
  constructor(plan: Plan, memory: DeviceMemory, engine: Engine) {
    this.#plan = plan;
    this.#memory = memory;
    this.#engine = engine;
    this.#check = runArgumentsCheck(plan);
    this.#usesThreadMemory = usesThreadMemory(plan);
    this.#byteLength = parameterLayout.byteLength(plan);
    this.#place = memory.keep(undefined, this.#byteLength, purpose);
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
  ): RunParameters {
    const { buffers, scalars: dtypes, arenaByteLength } = this.#plan;
    this.#check({ inputs, outputs, scalars });
    // Where the engine has refused memory, places that were behind it are gone.
    this.#memory.reserveArena(arenaByteLength);
    this.#place = this.#memory.keep(this.#place, this.#byteLength, purpose);
    const { address: parameters } = this.#place;
    let end = parameters + this.#byteLength;

    const bytes = new Uint8Array(this.#byteLength);
    const view = new DataView(bytes.buffer);
    const put = (offset: number, { address, byteLength }: Place): void => {
      view.setInt32(offset, address, true);
      end = Math.max(end, address + byteLength);
    };
    if (this.#usesThreadMemory) put(parameterLayout.threads, this.#engine.threadMemory);
    buffers.forEach((buffer, index) => {
      put(parameterLayout.buffer(index), this.#placeOf(buffer, inputs, outputs));
    });
    dtypes.forEach((dtype, position) => {
      const offset = parameterLayout.scalar(this.#plan, position);
      writeScalar(view, offset, dtype, roundTo[dtype](scalars[position]!));
    });
    return { bytes, place: { parameters, end } };
  }

  /** Gives the place back. */
  release(): void {
    this.#memory.release(this.#place);
  }

  #placeOf(
    buffer: PlanBuffer,
    inputs: readonly BufferHandle[],
    outputs: readonly BufferHandle[],
  ): Place {
    if (buffer.role === 'temporary') {
      const { byteOffset } = buffer;
      const byteLength = this.#plan.arenaByteLength - byteOffset;
      return { address: this.#memory.arenaAddress + byteOffset, byteLength };
    }
    const { role, position } = buffer;
    const handle = (role === 'input' ? inputs : outputs)[position]!;
    const place = this.#memory.resolve(handle, `run (${role} ${position})`);
    assertHolds(buffer, place.byteLength);
    return place;
  }
}

function writeScalar(view: DataView, offset: number, dtype: DataType, value: number): void {
  if (dtype === 'float32') view.setFloat32(offset, value, true);
  else view.setInt32(offset, value, true);
}
