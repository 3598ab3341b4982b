import {
  DeviceError,
  OutOfMemoryError,
  assertHolds,
  bytesPerElement,
  runArgumentsCheck,
  type BufferHandle,
  type Executable,
  type KernelTime,
  type Plan,
} from '@gradus/core/backend';
import { planStages } from '../codegen/plan-stages.js';
import type { Binding } from '../codegen/shader.js';
import type { Target } from '../codegen/target.js';
import { assertFits } from './limits.js';
import { Dispatch, type DispatchCounts, type Part } from './dispatch.js';
import { KernelTimer } from './kernel-timer.js';
import type { DeviceMemory, LiveBuffer } from './memory.js';
import type { Pipelines } from './pipelines.js';
import type { Readback } from './readback.js';
import { Scalars } from './scalars.js';
import type { Submissions } from './submissions.js';
import { allErrors, watch } from './watch.js';

/** What executables of one device share. */
export interface Workplace {
  readonly device: GPUDevice;
  readonly memory: DeviceMemory;
  readonly pipelines: Pipelines;
  readonly submissions: Submissions;
  readonly readback: Readback;
  readonly counts: DispatchCounts;
  /** Whether kernels are timed. */
  readonly profile: boolean;
  readonly target: Target;
}

/** Of the scratch memory, behind the temporaries of the plan. */
const alignment = 256;

/** The memory of a run. */
interface Bound {
  /** The plan's inputs and outputs, in the order of its buffers. */
  readonly buffers: readonly LiveBuffer[];
  /** All that the run touches. */
  readonly memories: readonly GPUBuffer[];
  readonly locate: (binding: Binding) => Part;
}

/** A plan as dispatches: a run is one command buffer. */
export class WebGpuExecutable implements Executable {
  readonly #workplace: Workplace;
  readonly #plan: Plan;
  readonly #check: ReturnType<typeof runArgumentsCheck>;
  readonly #scalars: Scalars | undefined;
  readonly #arenaByteLength: number;
  readonly #scratchOffset: number;
  /** Of each kernel. */
  readonly #dispatches: readonly (readonly Dispatch[])[];
  readonly #timer: KernelTimer | undefined;
  /** Whether WebGPU has accepted a run. */
  #proven = false;
  #disposed = false;

  private constructor(
    workplace: Workplace,
    plan: Plan,
    arenaByteLength: number,
    scratchOffset: number,
    dispatches: readonly (readonly Dispatch[])[],
    scalars: Scalars | undefined,
  ) {
    this.#workplace = workplace;
    this.#plan = plan;
    this.#check = runArgumentsCheck(plan);
    this.#arenaByteLength = arenaByteLength;
    this.#scratchOffset = scratchOffset;
    this.#scalars = scalars;
    this.#dispatches = dispatches;
    if (workplace.profile) {
      this.#timer = new KernelTimer(workplace.device, plan.kernels.length);
    }
  }

  /** Compiles a plan, all of its shaders at the same time. */
  static async create(plan: Plan, workplace: Workplace): Promise<WebGpuExecutable> {
    const { device, memory, pipelines, counts, target } = workplace;
    const { kernels, scratchByteLength } = planStages(plan, target);
    assertFits(device.limits, plan, kernels.flat());
    const scratchOffset = Math.ceil(plan.arenaByteLength / alignment) * alignment;
    const arenaByteLength = scratchOffset + scratchByteLength;
    const arena = arenaByteLength === 0 ? [] : [memory.arena(arenaByteLength)];
    const compiled = await Promise.all(
      kernels.map((stages) => Promise.all(stages.map((stage) => pipelines.get(stage)))),
    );
    await memory.settle(arena);
    const scalars = plan.scalars.length === 0 ? undefined : new Scalars(device, plan.scalars);
    const dispatches = kernels.map((stages, kernel) =>
      stages.map(
        (stage, index) => new Dispatch(stage, compiled[kernel]![index]!, scalars?.buffer, counts),
      ),
    );
    return new WebGpuExecutable(
      workplace,
      plan,
      arenaByteLength,
      scratchOffset,
      dispatches,
      scalars,
    );
  }

  /**
   * Submits the plan; resolves when the device has room for the next one. Rejects with a
   * `DeviceError` for handles that are freed, foreign, too small or not as many as the plan has,
   * and with an `OutOfMemoryError` where there was no memory for one of them.
   */
  async run(
    inputs: readonly BufferHandle[],
    outputs: readonly BufferHandle[],
    scalars: Float64Array,
  ): Promise<void> {
    const { device, memory, submissions, readback } = this.#workplace;
    this.#assertAlive();
    this.#check({ inputs, outputs, scalars });
    const bound = this.#bind(inputs, outputs);
    const inDoubt = !this.#proven || memory.inDoubt;
    const errors = watch(device, inDoubt ? allErrors : ['validation'], () => {
      this.#scalars?.write(scalars);
      submissions.submit((encoder) => this.#encode(encoder, bound));
    });
    const verdict = this.#judge(errors, bound);
    const finished = this.#timer?.collect(readback) ?? submissions.room();
    if (inDoubt) {
      await Promise.all([verdict, finished]);
    } else {
      // No later run waits to hear that all is well: buffers that were not written will say so.
      submissions.question(
        verdict.catch((error: unknown) => spoil(this.#plan, bound, error as Error)),
      );
      await finished;
    }
    memory.assertAlive();
  }

  /** The WGSL of each kernel. */
  source(): readonly string[] {
    this.#assertAlive();
    return this.#dispatches.map((list) => list.map(({ stage }) => stage.source).join('\n\n'));
  }

  /** The time of each kernel in all runs so far, if the device times them. */
  profile(): readonly KernelTime[] | undefined {
    return this.#timer?.times;
  }

  /** Lets go of what only this plan has; later runs throw. */
  dispose(): void {
    this.#disposed = true;
    this.#scalars?.dispose();
    this.#timer?.dispose();
  }

  #assertAlive(): void {
    this.#workplace.memory.assertAlive();
    if (this.#disposed) {
      throw new DeviceError('This executable has been disposed; compile the plan again.');
    }
  }

  #bind(inputs: readonly BufferHandle[], outputs: readonly BufferHandle[]): Bound {
    const { memory } = this.#workplace;
    const length = this.#arenaByteLength;
    const arena = length === 0 ? undefined : memory.arena(length);
    const buffers: LiveBuffer[] = [];
    const parts = this.#plan.buffers.map((buffer): Part => {
      const size = boundSize(buffer.length * bytesPerElement(buffer.dtype));
      if (buffer.role === 'temporary') {
        return { buffer: arena!, offset: buffer.byteOffset, size };
      }
      const { role, position } = buffer;
      const handle = (role === 'input' ? inputs : outputs)[position]!;
      const live = memory.resolve(handle, `run (${role} ${position})`);
      assertHolds(buffer, live.byteLength);
      buffers.push(live);
      return { buffer: live.memory, offset: 0, size };
    });
    const locate = ({ resource }: Binding): Part =>
      typeof resource === 'number'
        ? parts[resource]!
        : {
            buffer: arena!,
            offset: this.#scratchOffset + resource.byteOffset,
            size: boundSize(resource.byteLength),
          };
    const memories = buffers.map((buffer) => buffer.memory);
    return { buffers, memories: arena === undefined ? memories : [...memories, arena], locate };
  }

  #encode(encoder: GPUCommandEncoder, { locate }: Bound): void {
    const timer = this.#timer;
    const passes = timer === undefined ? [this.#dispatches.flat()] : this.#dispatches;
    passes.forEach((dispatches, index) => {
      const pass = encoder.beginComputePass(timer?.pass(index));
      for (const dispatch of dispatches) dispatch.encode(this.#workplace.device, pass, locate);
      pass.end();
    });
    timer?.resolve(encoder);
  }

  /** Rejects with what WebGPU had to say against a run, if anything. */
  async #judge(errors: Promise<GPUError | undefined>, bound: Bound): Promise<void> {
    const { memory } = this.#workplace;
    const error = await errors;
    // It may be for want of memory that the run was refused.
    if (error !== undefined || memory.inDoubt) await memory.settle(bound.memories);
    if (error !== undefined) throw await this.#refusal(error, bound);
    this.#proven = true;
  }

  async #refusal(error: GPUError, { locate }: Bound): Promise<Error> {
    const { device } = this.#workplace;
    let which = `a plan of ${this.#plan.kernels.length} kernels`;
    for (const dispatch of this.#dispatches.flat()) {
      const own = await watch(device, ['validation'], () => {
        const encoder = device.createCommandEncoder();
        const pass = encoder.beginComputePass();
        dispatch.encode(device, pass, locate);
        pass.end();
        encoder.finish();
      });
      if (own === undefined) continue;
      const { name, workgroups, bindings } = dispatch.stage;
      const sizes = bindings.map((binding) => locate(binding).size);
      which = `the kernel "${name}" (${workgroups} workgroups on ${sizes.join(', ')} bytes)`;
      break;
    }
    const message = `WebGPU did not run ${which}: ${error.message.trim()}`;
    return error.constructor.name === 'GPUOutOfMemoryError'
      ? new OutOfMemoryError(message, { cause: error })
      : new DeviceError(message, { cause: error });
  }
}

/** Whoever asks for what the run should have written hears why it did not. */
function spoil(plan: Plan, { buffers }: Bound, error: Error): void {
  const given = plan.buffers.filter(({ role }) => role !== 'temporary');
  given.forEach((buffer, index) => {
    if (buffer.role === 'output' || (buffer.role === 'input' && buffer.written)) {
      buffers[index]!.failure ??= error;
    }
  });
}

/** Shaders see whole vectors of four words, and never nothing. */
function boundSize(byteLength: number): number {
  return Math.max(1, Math.ceil(byteLength / 16)) * 16;
}
