import {
  DeviceError,
  assertHolds,
  bytesPerElement,
  runArgumentsCheck,
  type BufferHandle,
  type DataType,
  type Executable,
  type Plan,
} from '@gradus/core/backend';
import { planStages } from '../codegen/plan-stages.js';
import type { Binding } from '../codegen/shader.js';
import { Dispatch, type Part } from './dispatch.js';
import type { DeviceMemory } from './memory.js';
import type { Pipelines } from './pipelines.js';
import type { Submissions } from './submissions.js';

/** What executables of one device share. */
export interface Workplace {
  readonly device: GPUDevice;
  readonly memory: DeviceMemory;
  readonly pipelines: Pipelines;
  readonly submissions: Submissions;
}

/** Of the scratch memory, behind the temporaries of the plan. */
const alignment = 256;

// The numbers behind GPUBufferUsage, which Node does not define.
const copyDestination = 8;
const uniform = 64;

/** A plan as dispatches: a run is one command buffer. */
export class WebGpuExecutable implements Executable {
  readonly #workplace: Workplace;
  readonly #plan: Plan;
  readonly #check: ReturnType<typeof runArgumentsCheck>;
  readonly #scalars: GPUBuffer | undefined;
  readonly #scratchOffset: number;
  readonly #source: readonly string[];
  #dispatches: readonly Dispatch[] | undefined;

  private constructor(
    workplace: Workplace,
    plan: Plan,
    scratchOffset: number,
    source: readonly string[],
    scalars: GPUBuffer | undefined,
    dispatches: readonly Dispatch[],
  ) {
    this.#workplace = workplace;
    this.#plan = plan;
    this.#check = runArgumentsCheck(plan);
    this.#scratchOffset = scratchOffset;
    this.#source = source;
    this.#scalars = scalars;
    this.#dispatches = dispatches;
  }

  /** Compiles a plan, all of its shaders at the same time. */
  static async create(plan: Plan, workplace: Workplace): Promise<WebGpuExecutable> {
    const { device, memory, pipelines } = workplace;
    const { kernels, scratchByteLength } = planStages(plan);
    const scratchOffset = Math.ceil(plan.arenaByteLength / alignment) * alignment;
    memory.reserveArena(scratchOffset + scratchByteLength);
    const stages = kernels.flat();
    const compiled = await Promise.all(stages.map((stage) => pipelines.get(stage)));
    memory.assertAlive();
    const scalars =
      plan.scalars.length === 0
        ? undefined
        : device.createBuffer({
            size: Math.ceil(plan.scalars.length / 4) * 16,
            usage: uniform | copyDestination,
          });
    const dispatches = stages.map((stage, index) => new Dispatch(stage, compiled[index]!, scalars));
    const source = kernels.map((list) => list.map((stage) => stage.source).join('\n\n'));
    return new WebGpuExecutable(workplace, plan, scratchOffset, source, scalars, dispatches);
  }

  /**
   * Submits the plan; resolves when the device has room for the next one. Rejects with a
   * `DeviceError` for handles that are freed, foreign, too small or not as many as the plan has.
   */
  async run(
    inputs: readonly BufferHandle[],
    outputs: readonly BufferHandle[],
    scalars: Float64Array,
  ): Promise<void> {
    const { device, submissions } = this.#workplace;
    const dispatches = this.#alive();
    this.#check({ inputs, outputs, scalars });
    const located = this.#locate(inputs, outputs);
    if (this.#scalars !== undefined) {
      device.queue.writeBuffer(this.#scalars, 0, scalarWords(this.#plan.scalars, scalars));
    }
    const encoder = device.createCommandEncoder();
    const pass = encoder.beginComputePass();
    for (const dispatch of dispatches) dispatch.encode(device, pass, located);
    pass.end();
    await submissions.submit(encoder.finish());
  }

  /** The WGSL of each kernel. */
  source(): readonly string[] {
    this.#alive();
    return this.#source;
  }

  /** Lets go of what only this plan has; later runs throw. */
  dispose(): void {
    this.#dispatches = undefined;
    this.#scalars?.destroy();
  }

  #alive(): readonly Dispatch[] {
    this.#workplace.memory.assertAlive();
    if (this.#dispatches === undefined) {
      throw new DeviceError('This executable has been disposed; compile the plan again.');
    }
    return this.#dispatches;
  }

  #locate(
    inputs: readonly BufferHandle[],
    outputs: readonly BufferHandle[],
  ): (binding: Binding) => Part {
    const { memory } = this.#workplace;
    const parts = this.#plan.buffers.map((buffer): Part => {
      const size = boundSize(buffer.length * bytesPerElement(buffer.dtype));
      if (buffer.role === 'temporary') {
        return { buffer: memory.arena!, offset: buffer.byteOffset, size };
      }
      const { role, position } = buffer;
      const handle = (role === 'input' ? inputs : outputs)[position]!;
      const resolved = memory.resolve(handle, `run (${role} ${position})`);
      assertHolds(buffer, resolved.byteLength);
      return { buffer: resolved.memory, offset: 0, size };
    });
    return ({ resource }) =>
      typeof resource === 'number'
        ? parts[resource]!
        : {
            buffer: memory.arena!,
            offset: this.#scratchOffset + resource.byteOffset,
            size: boundSize(resource.byteLength),
          };
  }
}

/** Shaders see whole vectors of four words, and never nothing. */
function boundSize(byteLength: number): number {
  return Math.max(1, Math.ceil(byteLength / 16)) * 16;
}

/** Each scalar in a word of its own. */
function scalarWords(dtypes: readonly DataType[], scalars: Float64Array): ArrayBuffer {
  const view = new DataView(new ArrayBuffer(Math.ceil(dtypes.length / 4) * 16));
  dtypes.forEach((dtype, position) => {
    const value = scalars[position]!;
    const offset = position * 4;
    if (dtype === 'float32' || dtype === 'float16') view.setFloat32(offset, value, true);
    else if (dtype === 'bool') view.setUint32(offset, value === 0 ? 0 : 1, true);
    else view.setInt32(offset, dtype === 'uint8' ? value & 255 : value, true);
  });
  return view.buffer;
}
