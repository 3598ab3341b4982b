import {
  DeviceError,
  doAtOnce,
  doInTurns,
  type Backend,
  type BufferHandle,
  type Capabilities,
  type DeviceLostError,
  type Executable,
  type MemoryReport,
  type Plan,
} from '@gradus/core/backend';
import type { Library } from './codegen/library.js';
import { PlanWriter } from './codegen/plan-writer.js';
import { fetchCompleteLibrary } from './on-demand.js';
import { chooseWorkforce, type Workforce } from './runtime/available-threads.js';
import { Engine } from './runtime/engine.js';
import {
  assertSynchronous,
  compilePlan,
  compilePlanSync,
  type Workplace,
} from './runtime/executable.js';
import { limitsOf, maximumByteLength, ReachableMemory } from './runtime/linear-memory.js';
import { DeviceMemory } from './runtime/memory.js';
import { OrderedWork } from './runtime/ordered-work.js';
import { CallingThread } from './runtime/processor.js';
import { WorkerMemory } from './runtime/worker-memory.js';
import { WorkerPool } from './runtime/worker-pool.js';
import { bundlingAdvice } from './runtime/worker-script.js';
import { whyNoWasm } from './why-no-wasm.js';

/** What every WASM device can be told. */
export interface WasmSyncOptions {
  /** How many bytes its memory may grow to; 2 GiB, less a page, if not given. */
  readonly maximumMemory?: number | undefined;
  /**
   * Whether plans measure the time of each kernel; see `compiled` of a compiled function. False if
   * not given: then there is nothing in them that could.
   */
  readonly profile?: boolean | undefined;
}

/** How a WASM device uses the machine. */
export interface WasmOptions extends WasmSyncOptions {
  /** How many threads work for it; `'auto'`, if not given: one for each core, 8 at most. */
  readonly threads?: number | 'auto' | undefined;
  /** Where the script of its workers is, for bundlers that do not find `new Worker(new URL(…))`. */
  readonly worker?: string | URL | undefined;
}

/** The backend that writes WebAssembly: every plan becomes a module of SIMD code. */
export class WasmBackend implements Backend {
  readonly name = 'wasm';
  readonly capabilities: Capabilities;
  readonly lost: Promise<DeviceLostError>;
  readonly #workplace: Workplace;

  private constructor(
    workplace: Workplace,
    maximumMemory: number,
    threads: Capabilities['threads'],
    pool?: WorkerPool,
  ) {
    this.#workplace = workplace;
    const { memory, engine, synchronous } = workplace;
    // Without workers there is nothing that could get lost.
    this.lost = pool?.lost ?? new Promise(() => undefined);
    void this.lost.then((error) => memory.end(error));
    this.capabilities = {
      kernels: ['map', 'reduce', 'row', 'matMul', 'conv2d', 'pool2d', 'unpool2d', 'scatterAdd'],
      dtypes: ['float32', 'int32', 'uint32', 'uint8', 'bool'],
      multipleOutputs: true,
      maximumBuffersPerKernel: Infinity,
      maximumBufferByteLength: Math.min(maximumMemory, maximumByteLength) - 65536,
      synchronous,
      hostMemory: true,
      threads,
      description: describe(engine, threads.count, synchronous),
    };
  }

  /**
   * A backend with an empty memory, and with workers where the machine and the page allow them.
   * Rejects with a `DeviceError` where bundling has lost their script.
   */
  static async create(options: WasmOptions = {}): Promise<WasmBackend> {
    return WasmBackend.createWith(chooseWorkforce(options.threads ?? 'auto'), options);
  }

  /** The same for whoever knows who works: the calling thread alone where workers do not start. */
  static async createWith(
    { threads, kind }: Workforce,
    options: WasmOptions = {},
  ): Promise<WasmBackend> {
    const withoutWorkers = async (reason?: string): Promise<WasmBackend> => {
      const library = await fetchCompleteLibrary();
      return WasmBackend.createSync(library, options, reason).#warmUp();
    };
    if (kind === 'caller') return withoutWorkers(threads.reason);
    const maximumMemory = checkedMaximum(options);
    assertWasm();
    const limits = limitsOf(maximumMemory, kind === 'sharing workers');
    const pool = new WorkerPool(threads.count, options.worker);
    try {
      const shared = limits.shared ? new ReachableMemory(limits) : undefined;
      const memory = new DeviceMemory(shared ?? new WorkerMemory(limits, pool));
      const engine = new Engine(memory, threads.count, options.profile);
      await pool.start({
        engine: async () => WebAssembly.compile(await doInTurns(engine.write())),
        memory: shared?.memory ?? limits,
        refuse: (end, byteLength) => memory.refuse(end, byteLength),
      });
      const order = new OrderedWork();
      const writer = new PlanWriter();
      const workplace = { memory, engine, writer, processor: pool, order, synchronous: false };
      return new WasmBackend(workplace, maximumMemory, threads, pool).#warmUp();
    } catch (error) {
      const reason = `workers did not start: ${(error as Error).message}`;
      const advice = options.worker === undefined ? bundlingAdvice() : undefined;
      if (advice !== undefined) throw new DeviceError(`wasm: ${reason}. ${advice}.`);
      return withoutWorkers(reason);
    }
  }

  /**
   * A backend that computes on the calling thread, before the call returns.
   *
   * @param library All that plans may need: nothing can be fetched before a call returns.
   * @param reason Why it does not have more threads.
   */
  static createSync(
    library: Library,
    options: WasmSyncOptions = {},
    reason = 'it was made to compute before calls return',
  ): WasmBackend {
    const maximumMemory = checkedMaximum(options);
    assertWasm();
    const own = new ReachableMemory(limitsOf(maximumMemory, false));
    const memory = new DeviceMemory(own);
    const engine = new Engine(memory, 1, options.profile);
    const processor = new CallingThread(() => doAtOnce(engine.write()), own.memory);
    const writer = new PlanWriter(library);
    const order = new OrderedWork();
    const workplace = { memory, engine, writer, processor, order, synchronous: true };
    return new WasmBackend(workplace, maximumMemory, { count: 1, reason });
  }

  /** New memory, contents undefined. Throws an `OutOfMemoryError` that carries the sizes. */
  allocate(byteLength: number): BufferHandle {
    return this.#workplace.memory.allocate(byteLength);
  }

  /** Copies `bytes` to the buffer's start. Throws a `DeviceError` when they do not fit. */
  write(handle: BufferHandle, bytes: Uint8Array): void {
    const { memory, order } = this.#workplace;
    const { address, byteLength } = memory.resolve(handle, 'write');
    if (bytes.byteLength > byteLength) {
      throw new DeviceError(
        `write: ${bytes.byteLength} bytes do not fit a buffer of ${byteLength}.`,
      );
    }
    const copied = order.idle ? bytes : bytes.slice();
    void order.do(() => memory.linear.write(address, copied));
  }

  /** A copy of the buffer's first bytes. Rejects with a `DeviceError` when it has fewer. */
  async read(handle: BufferHandle, byteLength: number): Promise<Uint8Array> {
    return this.#read(handle, byteLength);
  }

  /** The same before returning; only where `capabilities.synchronous`. */
  readSync(handle: BufferHandle, byteLength: number): Uint8Array {
    assertSynchronous(this.#workplace, 'readSync');
    return this.#read(handle, byteLength) as Uint8Array;
  }

  /** Gives the memory back. Throws a `DeviceError` when that has happened before. */
  free(handle: BufferHandle): void {
    const { memory, order } = this.#workplace;
    const place = memory.retire(handle);
    void order.do(() => memory.release(place));
  }

  /**
   * Compiles a plan. Rejects with a `DeviceError` for dtypes that `capabilities` does not list, and
   * with an `OutOfMemoryError` when the arena cannot grow to what the plan needs.
   */
  compile(plan: Plan): Promise<Executable> {
    return compilePlan(plan, this.#workplace);
  }

  /** The same before returning; only where `capabilities.synchronous`. */
  compileSync(plan: Plan): Executable {
    return compilePlanSync(plan, this.#workplace);
  }

  /** Resolves when everything started so far has finished. */
  async synchronize(): Promise<void> {
    const { memory, order } = this.#workplace;
    await order.do(() => memory.assertAlive());
  }

  /** What is allocated. */
  memory(): MemoryReport {
    return this.#workplace.memory.report();
  }

  /** Frees everything, and ends the threads; later calls throw, and so does what is under way. */
  dispose(): void {
    const reason = new DeviceError(
      'This WASM backend has been disposed. Make a new one with await wasm().',
    );
    this.#workplace.memory.end(reason);
    this.#workplace.processor.stop(reason);
  }

  /** Has kernels optimised that nobody has called yet, as soon as there is nothing else to do. */
  #warmUp(): this {
    const { engine, processor } = this.#workplace;
    const { warmUp } = engine;
    if (warmUp !== undefined) processor.warmUp(warmUp);
    return this;
  }

  #read(handle: BufferHandle, byteLength: number): Uint8Array | Promise<Uint8Array> {
    const { memory, order } = this.#workplace;
    const buffer = memory.resolve(handle, 'read');
    if (byteLength > buffer.byteLength) {
      throw new DeviceError(
        `read: ${byteLength} bytes were asked of a buffer of ${buffer.byteLength}.`,
      );
    }
    const { address } = buffer;
    return order.do(() => {
      memory.assertAlive();
      return memory.linear.read(address, byteLength);
    });
  }
}

function assertWasm(): void {
  const obstacle = whyNoWasm();
  if (obstacle !== undefined) throw new DeviceError(`wasm: ${obstacle}.`);
}

function describe({ fusedMultiplyAdd }: Engine, threads: number, onCallingThread: boolean): string {
  const fused = fusedMultiplyAdd ? ' and fused multiply-add' : '';
  const alone = onCallingThread ? '1 thread' : '1 thread, a worker';
  return `WebAssembly with 128-bit SIMD${fused}, ${threads === 1 ? alone : `${threads} threads`}`;
}

function checkedMaximum({ maximumMemory = maximumByteLength }: WasmSyncOptions): number {
  if (!Number.isInteger(maximumMemory) || maximumMemory < 65536) {
    throw new DeviceError(
      `wasm: maximumMemory must be a whole number of bytes, at least 65536, got ${maximumMemory}.`,
    );
  }
  return maximumMemory;
}
