import {
  DeviceError,
  type Backend,
  type BufferHandle,
  type Capabilities,
  type DeviceLostError,
  type MemoryReport,
  type Plan,
} from '@gradus/core/backend';
import { CpuExecutable } from './executable.js';
import { Memory, maximumBufferByteLength } from './memory.js';
import { canEvaluate } from './program/evaluate.js';
import { generateProgram } from './program/generate.js';
import { interpretProgram } from './program/interpret.js';
import type { Translate } from './program/program.js';

/** How the CPU backend runs its kernels. */
export interface CpuOptions {
  /**
   * Whether kernels become JavaScript functions made from strings, many times as fast as the
   * closures that run otherwise, with the same bits. `'auto'` (the default) finds out at the first
   * compilation whether the page allows it, `false` never asks, and `true` throws where it is
   * forbidden.
   */
  readonly generateCode?: boolean | 'auto';
  /** Whether the time of each kernel is noted; see `CompiledPlan` of core. False if not given. */
  readonly profile?: boolean | undefined;
}

/** The backend in plain JavaScript: every kernel on one thread, every dtype but float16. */
export class CpuBackend implements Backend {
  readonly name = 'cpu';
  readonly capabilities: Capabilities = {
    kernels: ['map', 'reduce', 'matMul', 'conv2d', 'pool2d', 'unpool2d', 'scatterAdd'],
    dtypes: ['float32', 'float64', 'int32', 'uint32', 'uint8', 'bool'],
    multipleOutputs: true,
    maximumBuffersPerKernel: Infinity,
    maximumBufferByteLength,
    synchronous: true,
    hostMemory: true,
    threads: { count: 1, reason: 'plain JavaScript runs on the thread that calls it' },
    description: 'plain JavaScript, one thread',
  };
  /** Stays pending: the host's processor is not lost. */
  readonly lost = new Promise<DeviceLostError>(() => undefined);
  readonly #generateCode: boolean | 'auto';
  readonly #profile: boolean;
  readonly #memory = new Memory();

  /** Allocates nothing yet; `options` say how kernels are run. */
  constructor({ generateCode = 'auto', profile = false }: CpuOptions = {}) {
    this.#generateCode = generateCode;
    this.#profile = profile;
  }

  /**
   * New memory, filled with zeros. Throws an `OutOfMemoryError` beyond
   * `capabilities.maximumBufferByteLength` and when the host has no more.
   */
  allocate(byteLength: number): BufferHandle {
    return this.#memory.allocate(byteLength);
  }

  /** Copies `bytes` to the buffer's start. Throws a `DeviceError` when they do not fit. */
  write(handle: BufferHandle, bytes: Uint8Array): void {
    const buffer = this.#memory.resolve(handle, 'write');
    if (bytes.byteLength > buffer.byteLength) {
      throw new DeviceError(
        `write: ${bytes.byteLength} bytes do not fit a buffer of ${buffer.byteLength}.`,
      );
    }
    buffer.bytes.set(bytes);
  }

  /** What `readSync` returns. */
  async read(handle: BufferHandle, byteLength: number): Promise<Uint8Array> {
    return this.readSync(handle, byteLength);
  }

  /** A copy of the buffer's first bytes. Throws a `DeviceError` when it has fewer. */
  readSync(handle: BufferHandle, byteLength: number): Uint8Array {
    const buffer = this.#memory.resolve(handle, 'read');
    if (byteLength > buffer.byteLength) {
      throw new DeviceError(
        `read: ${byteLength} bytes were asked of a buffer of ${buffer.byteLength}.`,
      );
    }
    return buffer.bytes.slice(0, byteLength);
  }

  /** Gives the memory back. Throws a `DeviceError` when that has happened before. */
  free(handle: BufferHandle): void {
    this.#memory.free(handle);
  }

  /** What `compileSync` returns. */
  async compile(plan: Plan): Promise<CpuExecutable> {
    return this.compileSync(plan);
  }

  /**
   * Compiles a plan. Throws a `DeviceError` for dtypes that `capabilities` does not list, and an
   * `OutOfMemoryError` when the arena cannot grow to what the plan needs.
   */
  compileSync(plan: Plan): CpuExecutable {
    this.#memory.assertAlive();
    return new CpuExecutable(plan, this.#memory, this.#translate(), this.#profile);
  }

  /** Resolves at once: calls return when they have finished. */
  async synchronize(): Promise<void> {
    this.#memory.assertAlive();
  }

  /** What is allocated; the 1.4 MB in which all products are computed are not counted. */
  memory(): MemoryReport {
    return this.#memory.report();
  }

  /** Frees everything; later calls throw. */
  dispose(): void {
    this.#memory.dispose();
  }

  #translate(): Translate {
    if (this.#generateCode === false) return interpretProgram;
    if (canEvaluate()) return generateProgram;
    if (this.#generateCode === 'auto') return interpretProgram;
    throw new DeviceError(
      'cpu({ generateCode: true }): the content-security policy of this page forbids making code ' +
        "from strings. Allow 'unsafe-eval', or leave the option out to run as closures.",
    );
  }
}
