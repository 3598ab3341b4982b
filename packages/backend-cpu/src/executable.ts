import {
  DeviceError,
  assertHolds,
  roundTo,
  runArgumentsCheck,
  type BufferHandle,
  type Executable,
  type KernelTime,
  type Plan,
} from '@gradus/core/backend';
import { compileKernels } from './kernels/compile.js';
import { viewNumbers, type Memory } from './memory.js';
import type { CompiledProgram, NumberArray, Translate } from './program/program.js';
import { TimedProgram } from './program/timed.js';

const nothing = new Uint8Array(0);

/** A plan compiled for one backend's memory. */
export class CpuExecutable implements Executable {
  readonly #plan: Plan;
  readonly #check: ReturnType<typeof runArgumentsCheck>;
  readonly #memory: Memory;
  readonly #scalars: Float64Array;
  /** The arrays of the plan's buffers, of the scalars, and the kernels' scratch. */
  readonly #arrays: NumberArray[];
  /** The kernels too, where they note their times. */
  readonly #timed: readonly TimedProgram[] | undefined;
  #kernels: readonly CompiledProgram[] | undefined;
  /** The arena that the temporaries' arrays are views of. */
  #arena: Uint8Array | undefined;

  /**
   * Compiles with `translate`, and grows the arena where the plan needs more.
   *
   * @param profile Whether the time of each kernel is noted.
   */
  constructor(plan: Plan, memory: Memory, translate: Translate, profile = false) {
    assertSupported(plan);
    memory.reserveArena(plan.arenaByteLength);
    const { kernels, scratch } = compileKernels(plan, translate);
    this.#plan = plan;
    this.#check = runArgumentsCheck(plan);
    this.#memory = memory;
    this.#scalars = new Float64Array(plan.scalars.length);
    this.#arrays = [...plan.buffers.map(() => nothing), this.#scalars, ...scratch];
    this.#timed = profile ? kernels.map((kernel) => new TimedProgram(kernel)) : undefined;
    this.#kernels = this.#timed ?? kernels;
  }

  /** Runs the plan; everything has happened when the promise is returned. */
  async run(
    inputs: readonly BufferHandle[],
    outputs: readonly BufferHandle[],
    scalars: Float64Array,
  ): Promise<void> {
    this.runSync(inputs, outputs, scalars);
  }

  /**
   * Runs the plan. Throws a `DeviceError` for handles that are freed, foreign, too small or not as
   * many as the plan has.
   */
  runSync(
    inputs: readonly BufferHandle[],
    outputs: readonly BufferHandle[],
    scalars: Float64Array,
  ): void {
    const kernels = this.#liveKernels();
    this.#check({ inputs, outputs, scalars });
    this.#plan.scalars.forEach((dtype, position) => {
      this.#scalars[position] = roundTo[dtype](scalars[position]!);
    });
    this.#viewArena();
    try {
      this.#bind(inputs, outputs);
      for (const kernel of kernels) kernel.run(this.#arrays);
    } finally {
      this.#unbind();
    }
  }

  /** The JavaScript of each kernel. */
  source(): readonly string[] {
    return this.#liveKernels().map(({ source }) => source);
  }

  /** The times so far, if they are noted. */
  profile(): readonly KernelTime[] | undefined {
    return this.#timed?.map(({ calls, milliseconds, waitMilliseconds }) => ({
      calls,
      milliseconds,
      waitMilliseconds,
    }));
  }

  /** Lets go of the compiled code; later runs throw. */
  dispose(): void {
    this.#kernels = undefined;
    this.#arrays.length = 0;
  }

  #liveKernels(): readonly CompiledProgram[] {
    this.#memory.assertAlive();
    if (this.#kernels === undefined) {
      throw new DeviceError('This executable has been disposed; compile the plan again.');
    }
    return this.#kernels;
  }

  #bind(inputs: readonly BufferHandle[], outputs: readonly BufferHandle[]): void {
    this.#plan.buffers.forEach((buffer, index) => {
      if (buffer.role === 'temporary') return;
      const { role, position, dtype } = buffer;
      const handle = (role === 'input' ? inputs : outputs)[position]!;
      const memory = this.#memory.resolve(handle, `run (${role} ${position})`);
      assertHolds(buffer, memory.byteLength);
      this.#arrays[index] = memory.view(dtype);
    });
  }

  /** Forgets the buffers of a run, so that they can be collected when they are freed. */
  #unbind(): void {
    this.#plan.buffers.forEach((buffer, index) => {
      if (buffer.role !== 'temporary') this.#arrays[index] = nothing;
    });
  }

  #viewArena(): void {
    const { arena } = this.#memory;
    if (this.#arena === arena) return;
    this.#arena = arena;
    this.#plan.buffers.forEach((buffer, index) => {
      if (buffer.role !== 'temporary') return;
      this.#arrays[index] = viewNumbers(arena, buffer.dtype, buffer.byteOffset, buffer.length);
    });
  }
}

function assertSupported({ buffers, scalars }: Plan): void {
  if ([...buffers.map(({ dtype }) => dtype), ...scalars].includes('float16')) {
    throw new DeviceError(
      'The CPU backend does not store float16: see capabilities.dtypes, and cast to float32.',
    );
  }
}
