import {
  bytesPerElement,
  Device,
  lowerKernel,
  type Backend,
  type BufferHandle,
  type Capabilities,
  type DeviceLostError,
  type Executable,
  type Expression,
  type Kernel,
  type MemoryReport,
  type Plan,
  type TypedArray,
  viewAsTypedArray,
  visitExpressions,
} from '../../src/backend/index.js';
import { phasesOf, runKernel } from './run-kernel.js';

/** What fresh memory holds: nothing that anybody could mistake for a result. */
const garbage = 0xa5;

class InterpreterBuffer {
  readonly bytes: Uint8Array;

  constructor(byteLength: number) {
    this.bytes = new Uint8Array(new ArrayBuffer(byteLength)).fill(garbage);
  }
}

const capabilities: Capabilities = {
  kernels: ['map', 'reduce', 'scatterAdd'],
  lower: lowerKernel,
  dtypes: ['float32', 'float64', 'int32', 'uint32', 'uint8', 'bool'],
  multipleOutputs: true,
  maximumBuffersPerKernel: Infinity,
  maximumBufferByteLength: 2 ** 31 - 1,
  synchronous: true,
  hostMemory: true,
  threads: { count: 1 },
};

/** The slowest and simplest backend: walks expression trees. Core's tests run on it. */
export class InterpreterBackend implements Backend {
  readonly name = 'interpreter';
  readonly capabilities: Capabilities;
  readonly lost: Promise<DeviceLostError>;
  /** Loses the device. */
  lose: (error: DeviceLostError) => void = () => undefined;
  /** Makes the next runs fail with this. */
  failure: Error | undefined;
  /** What asynchronous runs and compilations wait for. */
  gate: Promise<void> = Promise.resolve();
  /** Runs kernels not at all: for tests in which only memory matters. */
  idle = false;
  /** Every plan that was run, in order. */
  readonly ran: Plan[] = [];
  compiled = 0;
  /** How many executables have been disposed. */
  disposed = 0;
  readonly #live = new Set<BufferHandle>();
  #bytes = 0;
  #peak = 0;

  constructor(options: Partial<Capabilities> = {}) {
    this.capabilities = { ...capabilities, ...options };
    this.lost = new Promise((resolve) => (this.lose = resolve));
  }

  allocate(byteLength: number): BufferHandle {
    const buffer = new InterpreterBuffer(byteLength);
    this.#live.add(buffer);
    this.#bytes += byteLength;
    this.#peak = Math.max(this.#peak, this.#bytes);
    return buffer;
  }

  write(buffer: BufferHandle, bytes: Uint8Array): void {
    this.#bytesOf(buffer).set(bytes);
  }

  readSync(buffer: BufferHandle, byteLength: number): Uint8Array {
    return this.#bytesOf(buffer).slice(0, byteLength);
  }

  async read(buffer: BufferHandle, byteLength: number): Promise<Uint8Array> {
    return this.readSync(buffer, byteLength);
  }

  free(buffer: BufferHandle): void {
    this.#bytes -= this.#bytesOf(buffer).byteLength;
    this.#live.delete(buffer);
  }

  async compile(plan: Plan): Promise<Executable> {
    await this.gate;
    return this.compileSync(plan);
  }

  compileSync(plan: Plan): Executable {
    this.compiled++;
    for (const kernel of plan.kernels) assertWithin(kernel, this.capabilities);
    const runSync: Executable['runSync'] = (inputs, outputs, scalars) => {
      const { failure } = this;
      if (failure !== undefined) throw failure;
      if (this.idle) return;
      this.ran.push(plan);
      const arena = new Uint8Array(plan.arenaByteLength).fill(garbage).buffer;
      const memory = plan.buffers.map((buffer): TypedArray => {
        const length = buffer.length * bytesPerElement(buffer.dtype);
        if (buffer.role === 'temporary') {
          return viewAsTypedArray(buffer.dtype, new Uint8Array(arena, buffer.byteOffset, length));
        }
        const handle = (buffer.role === 'input' ? inputs : outputs)[buffer.position]!;
        return viewAsTypedArray(buffer.dtype, this.#bytesOf(handle).subarray(0, length));
      });
      for (const kernel of plan.kernels) runKernel(kernel, { memory, scalars });
    };
    return {
      runSync,
      run: async (...args) => {
        await this.gate;
        runSync(...args);
      },
      dispose: () => {
        this.disposed++;
      },
    };
  }

  synchronize(): Promise<void> {
    return Promise.resolve();
  }

  memory(): MemoryReport {
    return { buffers: this.#live.size, bytes: this.#bytes, arenaBytes: 0, peakBytes: this.#peak };
  }

  dispose(): void {
    this.#live.clear();
  }

  #bytesOf(buffer: BufferHandle): Uint8Array {
    if (!this.#live.has(buffer)) throw new Error('A buffer is used after it was freed.');
    return (buffer as InterpreterBuffer).bytes;
  }
}

/** A new device of its own. */
export function interpreter(
  options?: Partial<Capabilities>,
): Device & { backend: InterpreterBackend } {
  return new Device(new InterpreterBackend(options)) as Device & { backend: InterpreterBackend };
}

/** The buffers that a kernel touches. */
function buffersOf(kernel: Kernel): Set<number> {
  const buffers = new Set<number>();
  const visit = (root: Expression): void =>
    visitExpressions([root], (expression) => {
      if (expression.op === 'load') buffers.add(expression.buffer);
    });
  for (const phase of phasesOf(kernel)) {
    if (phase.kind === 'scatterAdd') {
      buffers.add(phase.buffer);
      [phase.index, phase.value].forEach(visit);
      continue;
    }
    for (const { buffer, value } of phase.outputs) {
      buffers.add(buffer);
      visit(value);
    }
    if (phase.kind === 'reduce') phase.reductions.forEach(({ value }) => visit(value));
    if (phase.kind === 'matMul') buffers.add(phase.left.buffer).add(phase.right.buffer);
  }
  return buffers;
}

function assertWithin(kernel: Kernel, limits: Capabilities): void {
  if (!limits.kernels.includes(kernel.kind)) throw new Error(`No kernel ${kernel.kind} here.`);
  if (buffersOf(kernel).size > limits.maximumBuffersPerKernel) {
    throw new Error(`${kernel.name} touches ${buffersOf(kernel).size} buffers.`);
  }
  const several = phasesOf(kernel).some((each) => 'outputs' in each && each.outputs.length > 1);
  if (several && !limits.multipleOutputs) throw new Error(`${kernel.name} has several outputs.`);
}
