import type { DataType } from '../dtype.js';
import type { DeviceLostError } from '../errors.js';
import type { Kernel, KernelKind, Plan } from './kernels.js';

/** A backend's own name for a piece of memory. Core never looks inside. */
export type BufferHandle = object;

/** What a backend holds at the moment. */
export interface MemoryReport {
  /** Live buffers, the arena not counted. */
  readonly buffers: number;
  /** Bytes in live buffers, the arena not counted. */
  readonly bytes: number;
  /** Bytes of the arena that intermediates share. */
  readonly arenaBytes: number;
  /** The largest `bytes + arenaBytes` so far. */
  readonly peakBytes: number;
}

/** What a backend can do; core and the conformance suite read nothing else. */
export interface Capabilities {
  /** The kernels it compiles; `map`, `reduce` and `scatterAdd` are required. */
  readonly kernels: readonly KernelKind[];
  /**
   * What the others mean in those: `lowerKernel`, unless there are no others. It is passed in so
   * that whoever does without it does not load it.
   */
  readonly lower?: (kernel: Kernel) => Kernel;
  /** The element types it computes with; float32, int32, uint32, uint8 and bool are required. */
  readonly dtypes: readonly DataType[];
  /** Whether a kernel may have several outputs; core splits them otherwise. */
  readonly multipleOutputs: boolean;
  /** How many distinct buffers one kernel may touch, `Infinity` when there is no limit. */
  readonly maximumBuffersPerKernel: number;
  /** The largest buffer it can allocate, in bytes. */
  readonly maximumBufferByteLength: number;
  /** Whether `compileSync`, `runSync` and `readSync` exist and may be used here. */
  readonly synchronous: boolean;
  /**
   * Whether reading is a plain copy within the host's memory. Core then moves results to ordinary
   * garbage-collected memory at once and frees their buffers; elsewhere results stay on the device.
   */
  readonly hostMemory: boolean;
  /** How many threads work on a run, and why not more. */
  readonly threads: { readonly count: number; readonly reason?: string };
  /** Hardware, software adapter, engine: a line for people. */
  readonly description?: string;
}

/** How long a kernel has taken, summed over all runs so far, as one of the threads saw it. */
export interface KernelTime {
  /** How often it has run. */
  readonly calls: number;
  /** Waiting included. */
  readonly milliseconds: number;
  /** The part in which that thread waited for the others. */
  readonly waitMilliseconds: number;
}

/** A compiled plan. */
export interface Executable {
  /**
   * Runs the plan. `inputs` and `outputs` are in the order of the plan's positions, outputs
   * distinct from each other and from every input; inputs marked `written` are updated in place.
   * Core starts one run after another and keeps the handles alive until the promise settles.
   */
  run(
    inputs: readonly BufferHandle[],
    outputs: readonly BufferHandle[],
    scalars: Float64Array,
  ): Promise<void>;
  /** The same before returning, where `capabilities.synchronous`. */
  runSync?(
    inputs: readonly BufferHandle[],
    outputs: readonly BufferHandle[],
    scalars: Float64Array,
  ): void;
  /** The compiled code of each kernel as text, for people; JavaScript, WebAssembly text or WGSL. */
  source?(): readonly string[] | Promise<readonly string[]>;
  /**
   * The time of each of the plan's kernels, where the device was opened with its option `profile`,
   * else undefined.
   */
  profile?(): readonly KernelTime[] | undefined;
  dispose(): void;
}

/**
 * What a device must offer. Everything else (graph, gradients, fusion, memory planning, order of
 * runs) is core's, so an interpreter of `map`, `reduce` and `scatterAdd` is a complete backend.
 */
export interface Backend {
  /** For people; nothing tests it. */
  readonly name: string;
  readonly capabilities: Capabilities;
  /** Resolves, never rejects, when the device is lost; stays pending otherwise. */
  readonly lost: Promise<DeviceLostError>;
  /** New memory of at least `byteLength` bytes (0 allowed), contents undefined. Throws `OutOfMemoryError`. */
  allocate(byteLength: number): BufferHandle;
  /** Copies `bytes` to the buffer's start before it returns, ordered after runs already started. */
  write(buffer: BufferHandle, bytes: Uint8Array): void;
  /** A copy of the buffer's first `byteLength` bytes, after runs already started. */
  read(buffer: BufferHandle, byteLength: number): Promise<Uint8Array>;
  /** The same before returning, where `capabilities.synchronous`. */
  readSync?(buffer: BufferHandle, byteLength: number): Uint8Array;
  /** Gives the memory back, after runs already started. */
  free(buffer: BufferHandle): void;
  /** Compiles a whole plan at once. */
  compile(plan: Plan): Promise<Executable>;
  /** The same before returning, where `capabilities.synchronous`. */
  compileSync?(plan: Plan): Executable;
  /** Resolves when everything started so far has finished. */
  synchronize(): Promise<void>;
  memory(): MemoryReport;
  /** Frees everything; later calls throw. */
  dispose(): void;
}
