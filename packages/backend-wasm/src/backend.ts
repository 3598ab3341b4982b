import {
  DeviceError,
  type Backend,
  type BufferHandle,
  type Capabilities,
  type DeviceLostError,
  type Executable,
  type MemoryReport,
  type Plan,
} from '@gradus/core/backend';
import { bundlingAdvice } from '#worker-script';
import { chooseThreads } from './runtime/available-threads.js';
import { Engine } from './runtime/engine.js';
import {
  assertSynchronous,
  compilePlan,
  compilePlanSync,
  type Workplace,
} from './runtime/executable.js';
import { DeviceMemory, maximumByteLength } from './runtime/memory.js';
import { OrderedWork } from './runtime/ordered-work.js';
import { CallingThread } from './runtime/processor.js';
import { WorkerPool } from './runtime/worker-pool.js';
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
    memory: DeviceMemory,
    engine: Engine,
    maximumMemory: number,
    threads: Capabilities['threads'],
    pool?: WorkerPool,
  ) {
    const processor = pool ?? new CallingThread(() => engine.bytes, memory);
    const synchronous = pool === undefined;
    this.#workplace = { memory, engine, processor, order: new OrderedWork(), synchronous };
    // Without workers there is nothing that could get lost.
    this.lost = pool?.lost ?? new Promise(() => undefined);
    void this.lost.then((error) => memory.end(error));
    this.capabilities = {
      kernels: ['map', 'reduce', 'matMul', 'conv2d', 'pool2d', 'unpool2d', 'scatterAdd'],
      dtypes: ['float32', 'int32', 'uint32', 'uint8', 'bool'],
      multipleOutputs: true,
      maximumBuffersPerKernel: Infinity,
      maximumBufferByteLength: Math.min(maximumMemory, maximumByteLength) - 65536,
      synchronous,
      hostMemory: true,
      threads,
      description: describe(engine, threads.count),
    };
  }

  /**
   * A backend with an empty memory, and with workers where the machine and the page allow them.
   * Rejects with a `DeviceError` where bundling has lost their script.
   */
  static async create(options: WasmOptions = {}): Promise<WasmBackend> {
    const threads = chooseThreads(options.threads ?? 'auto');
    assertWasm();
    if (threads.count === 1) return WasmBackend.createSync(options, threads.reason);
    const maximumMemory = checkedMaximum(options);
    try {
      const memory = new DeviceMemory(maximumMemory, true);
      const engine = new Engine(memory, threads.count, options.profile);
      const module = await WebAssembly.compile(engine.bytes);
      const pool = await WorkerPool.start(module, memory.memory, threads.count, options.worker);
      return new WasmBackend(memory, engine, maximumMemory, threads, pool);
    } catch (error) {
      const reason = `workers did not start: ${(error as Error).message}`;
      const advice = options.worker === undefined ? bundlingAdvice() : undefined;
      if (advice !== undefined) throw new DeviceError(`wasm: ${reason}. ${advice}.`);
      return WasmBackend.createSync(options, reason);
    }
  }

  /**
   * A backend that computes on the calling thread, before the call returns.
   *
   * @param reason Why it does not have more threads.
   */
  static createSync(
    options: WasmSyncOptions = {},
    reason = 'it was made to compute before calls return',
  ): WasmBackend {
    const maximumMemory = checkedMaximum(options);
    assertWasm();
    const memory = new DeviceMemory(maximumMemory, false);
    const engine = new Engine(memory, 1, options.profile);
    return new WasmBackend(memory, engine, maximumMemory, { count: 1, reason });
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
    void order.do(() => memory.bytes.set(copied, address));
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
    const { address, byteLength } = memory.retire(handle);
    void order.do(() => memory.release(address, byteLength));
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
      return memory.bytes.slice(address, address + byteLength);
    });
  }
}

function assertWasm(): void {
  const obstacle = whyNoWasm();
  if (obstacle !== undefined) throw new DeviceError(`wasm: ${obstacle}.`);
}

function describe({ fusedMultiplyAdd }: Engine, threads: number): string {
  const fused = fusedMultiplyAdd ? ' and fused multiply-add' : '';
  return `WebAssembly with 128-bit SIMD${fused}, ${threads} thread${threads === 1 ? '' : 's'}`;
}

function checkedMaximum({ maximumMemory = maximumByteLength }: WasmSyncOptions): number {
  if (!Number.isInteger(maximumMemory) || maximumMemory < 65536) {
    throw new DeviceError(
      `wasm: maximumMemory must be a whole number of bytes, at least 65536, got ${maximumMemory}.`,
    );
  }
  return maximumMemory;
}
