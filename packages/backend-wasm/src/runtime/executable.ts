import {
  DeviceError,
  type BufferHandle,
  type Executable,
  type KernelTime,
  type Plan,
} from '@gradus/core/backend';
import type { ModuleBuilder } from '../assembler/index.js';
import type { PlanModule } from '../codegen/plan-module.js';
import type { PlanWriter } from '../codegen/plan-writer.js';
import { fetchPrinter } from '../on-demand.js';
import type { Engine } from './engine.js';
import type { DeviceMemory } from './memory.js';
import type { OrderedWork } from './ordered-work.js';
import type { Processor, Program } from './processor.js';
import { Reservation } from './reservation.js';

/** What executables of one device share. */
export interface Workplace {
  readonly memory: DeviceMemory;
  readonly engine: Engine;
  readonly writer: PlanWriter;
  readonly processor: Processor;
  /** Runs, and what must not happen during one. */
  readonly order: OrderedWork;
  /** Whether runs happen on the calling thread. */
  readonly synchronous: boolean;
}

/** Throws a `DeviceError` where other threads run plans. */
export function assertSynchronous({ synchronous }: Workplace, operation: string): void {
  if (synchronous) return;
  throw new DeviceError(
    `${operation}: workers compute for this device, which the calling thread cannot wait for; ` +
      'use the asynchronous twin, or a device of wasmSync().',
  );
}

/** A plan as a WebAssembly module on one device's memory. */
export class WasmExecutable implements Executable {
  readonly #workplace: Workplace;
  readonly #module: ModuleBuilder;
  readonly #reservation: Reservation;
  #program: Program | undefined;

  /** An executable that runs `program`, made of `module`. */
  constructor(
    workplace: Workplace,
    module: ModuleBuilder,
    reservation: Reservation,
    program: Program,
  ) {
    this.#workplace = workplace;
    this.#module = module;
    this.#reservation = reservation;
    this.#program = program;
  }

  /**
   * Runs the plan, behind runs that were started before. Rejects with a `DeviceError` for handles
   * that are freed, foreign, too small or not as many as the plan has, and with a `DeviceLostError`
   * when a thread ends meanwhile.
   */
  async run(
    inputs: readonly BufferHandle[],
    outputs: readonly BufferHandle[],
    scalars: Float64Array,
  ): Promise<void> {
    await this.#start(inputs, outputs, scalars);
  }

  /** The same before returning; only where `capabilities.synchronous`. */
  runSync(
    inputs: readonly BufferHandle[],
    outputs: readonly BufferHandle[],
    scalars: Float64Array,
  ): void {
    assertSynchronous(this.#workplace, 'runSync');
    void this.#start(inputs, outputs, scalars);
  }

  /** The WebAssembly of the plan as text, by what is fetched for that only here. */
  async source(): Promise<readonly string[]> {
    this.#alive();
    const print = await fetchPrinter();
    return [print(this.#module)];
  }

  /** The times of the plan's kernels so far, as thread 0 saw them, where they are measured. */
  profile(): readonly KernelTime[] | undefined {
    this.#alive();
    return this.#reservation.times?.read();
  }

  /** Lets go of the compiled code, behind runs that were started; later runs throw. */
  dispose(): void {
    const program = this.#program;
    if (program === undefined) return;
    this.#program = undefined;
    void this.#workplace.order.do(() => {
      program.dispose();
      this.#reservation.release();
    });
  }

  #start(
    inputs: readonly BufferHandle[],
    outputs: readonly BufferHandle[],
    scalars: Float64Array,
  ): void | Promise<void> {
    const program = this.#alive();
    const { parameters, times } = this.#reservation;
    const { bytes, place } = parameters.values(inputs, outputs, scalars);
    const { memory, order } = this.#workplace;
    const measured = times?.place;
    return order.do(() => {
      memory.linear.write(place.parameters, bytes);
      if (measured === undefined) return program.run(place);
      const end = Math.max(place.end, measured.address + measured.byteLength);
      const run = program.run({ ...place, end });
      return run instanceof Promise ? run.then(() => times!.update()) : times!.update();
    });
  }

  #alive(): Program {
    this.#workplace.memory.assertAlive();
    if (this.#program === undefined) {
      throw new DeviceError('This executable has been disposed; compile the plan again.');
    }
    return this.#program;
  }
}

/** Compiles a plan and makes it ready on a device. */
export async function compilePlan(plan: Plan, workplace: Workplace): Promise<WasmExecutable> {
  const reservation = reserve(plan, workplace);
  try {
    const written = await workplace.writer.write(plan, reservation.target);
    return ready(written, await WebAssembly.compile(written.bytes), reservation, workplace);
  } catch (error) {
    reservation.release();
    throw error;
  }
}

/** The same before returning. */
export function compilePlanSync(plan: Plan, workplace: Workplace): WasmExecutable {
  assertSynchronous(workplace, 'compileSync');
  const reservation = reserve(plan, workplace);
  try {
    const written = workplace.writer.writeSync(plan, reservation.target);
    return ready(written, new WebAssembly.Module(written.bytes), reservation, workplace);
  } catch (error) {
    reservation.release();
    throw error;
  }
}

function reserve(plan: Plan, { memory, engine, order }: Workplace): Reservation {
  memory.assertAlive();
  const dtypes = [...plan.buffers.map(({ dtype }) => dtype), ...plan.scalars];
  const missing = dtypes.find((dtype) => dtype === 'float16' || dtype === 'float64');
  if (missing !== undefined) {
    throw new DeviceError(
      `The WASM backend does not compute in ${missing}: see capabilities.dtypes, and cast to float32.`,
    );
  }
  memory.reserveArena(plan.arenaByteLength);
  const reservation = new Reservation(plan, memory, engine);
  void order.do(() => reservation.times?.reset());
  return reservation;
}

function ready(
  { module, single }: PlanModule,
  code: WebAssembly.Module,
  reservation: Reservation,
  workplace: Workplace,
): WasmExecutable {
  workplace.memory.assertAlive();
  const { places } = reservation;
  const program = workplace.processor.load({ module: code, single, places });
  return new WasmExecutable(workplace, module, reservation, program);
}
