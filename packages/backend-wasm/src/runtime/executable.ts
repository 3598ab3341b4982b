import {
  bytesPerElement,
  DeviceError,
  roundTo,
  type BufferHandle,
  type DataType,
  type Executable,
  type Plan,
  type PlanBuffer,
} from '@gradus/core/backend';
import { print } from '../assembler/index.js';
import { hostImports, parameterLayout, type Target } from '../codegen/environment.js';
import { planModule, tablePlaces, type PlanModule } from '../codegen/plan-module.js';
import type { Engine } from './engine.js';
import type { DeviceMemory } from './memory.js';

type Run = (parameters: number, thread: number, threads: number) => void;

/** A plan as a WebAssembly instance on one device's memory. */
export class WasmExecutable implements Executable {
  readonly #plan: Plan;
  readonly #compiled: Prepared;
  readonly #memory: DeviceMemory;
  readonly #engine: Engine;
  /** Where the addresses of buffers and the scalars are written before each run. */
  readonly #parameters: number;
  #run: Run | undefined;

  /** An executable that runs `instance`. */
  constructor(
    plan: Plan,
    compiled: Prepared,
    memory: DeviceMemory,
    engine: Engine,
    instance: WebAssembly.Instance,
  ) {
    this.#plan = plan;
    this.#compiled = compiled;
    this.#memory = memory;
    this.#engine = engine;
    this.#parameters = memory.reserve(parameterLayout.byteLength(plan), "a plan's parameters");
    this.#run = instance.exports['run'] as Run;
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
    const run = this.#alive();
    const { buffers, scalars: dtypes } = this.#plan;
    assertCount('inputs', inputs.length, countOf(buffers, 'input'));
    assertCount('outputs', outputs.length, countOf(buffers, 'output'));
    assertCount('scalars', scalars.length, dtypes.length);
    // First, since the memory may have to grow for it.
    const { threadMemory } = this.#engine;
    const view = new DataView(this.#memory.memory.buffer, this.#parameters);
    view.setInt32(parameterLayout.threads, threadMemory, true);
    buffers.forEach((buffer, index) => {
      view.setInt32(parameterLayout.buffer(index), this.#addressOf(buffer, inputs, outputs), true);
    });
    dtypes.forEach((dtype, position) => {
      const offset = parameterLayout.scalar(this.#plan, position);
      writeScalar(view, offset, dtype, roundTo[dtype](scalars[position]!));
    });
    run(this.#parameters, 0, 1);
  }

  /** The WebAssembly of the plan as text. */
  source(): readonly string[] {
    this.#alive();
    return [print(this.#compiled.module)];
  }

  /** Lets go of the compiled code; later runs throw. */
  dispose(): void {
    if (this.#run === undefined) return;
    this.#run = undefined;
    this.#memory.release(this.#parameters, parameterLayout.byteLength(this.#plan));
    this.#engine.release(this.#compiled.target, tablePlaces(this.#plan));
  }

  #alive(): Run {
    this.#memory.assertAlive();
    if (this.#run === undefined) {
      throw new DeviceError('This executable has been disposed; compile the plan again.');
    }
    return this.#run;
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

/** Compiles a plan and instantiates it on the memory of a device. */
export async function compilePlan(
  plan: Plan,
  memory: DeviceMemory,
  engine: Engine,
): Promise<WasmExecutable> {
  const compiled = prepare(plan, memory, engine);
  const { instance } = await WebAssembly.instantiate(compiled.bytes, importsOf(compiled, engine));
  return new WasmExecutable(plan, compiled, memory, engine, instance);
}

/** The same before returning. */
export function compilePlanSync(plan: Plan, memory: DeviceMemory, engine: Engine): WasmExecutable {
  const compiled = prepare(plan, memory, engine);
  const module = new WebAssembly.Module(compiled.bytes);
  const instance = new WebAssembly.Instance(module, importsOf(compiled, engine));
  return new WasmExecutable(plan, compiled, memory, engine, instance);
}

/** A plan compiled for a target. */
interface Prepared extends PlanModule {
  readonly target: Target;
}

function prepare(plan: Plan, memory: DeviceMemory, engine: Engine): Prepared {
  memory.assertAlive();
  const dtypes = [...plan.buffers.map(({ dtype }) => dtype), ...plan.scalars];
  const missing = dtypes.find((dtype) => dtype === 'float16' || dtype === 'float64');
  if (missing !== undefined) {
    throw new DeviceError(
      `The WASM backend does not compute in ${missing}: see capabilities.dtypes, and cast to float32.`,
    );
  }
  memory.reserveArena(plan.arenaByteLength);
  const target = engine.reserve(tablePlaces(plan));
  return { ...planModule(plan, target), target };
}

function importsOf({ hostOperations }: PlanModule, { imports }: Engine): WebAssembly.Imports {
  return { engine: imports, host: hostImports(hostOperations) };
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
