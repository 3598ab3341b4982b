import {
  allocateTypedArray,
  bytesPerElement,
  Device,
  roundTo,
  scalarFunction,
  sizeOf,
  type Backend,
  type BufferHandle,
  type Capabilities,
  type DeviceLostError,
  type Executable,
  type Expression,
  type Kernel,
  type KernelOutput,
  type MemoryReport,
  type Plan,
  type Reduction,
  type TypedArray,
  viewAsTypedArray,
} from '../../src/backend/index.js';

class InterpreterBuffer {
  readonly bytes: Uint8Array;

  constructor(byteLength: number) {
    this.bytes = new Uint8Array(new ArrayBuffer(byteLength));
  }
}

const capabilities: Capabilities = {
  kernels: ['map', 'reduce', 'scatterAdd'],
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
    const runSync: Executable['runSync'] = (inputs, outputs, scalars) => {
      const { failure } = this;
      if (failure !== undefined) throw failure;
      if (this.idle) return;
      this.ran.push(plan);
      const arena = new ArrayBuffer(plan.arenaByteLength);
      const memory = plan.buffers.map((buffer): TypedArray => {
        const length = buffer.length * bytesPerElement(buffer.dtype);
        if (buffer.role === 'temporary') {
          return viewAsTypedArray(buffer.dtype, new Uint8Array(arena, buffer.byteOffset, length));
        }
        const handle = (buffer.role === 'input' ? inputs : outputs)[buffer.position]!;
        return viewAsTypedArray(buffer.dtype, this.#bytesOf(handle).subarray(0, length));
      });
      for (const kernel of plan.kernels) runKernel(kernel, memory, scalars);
    };
    return {
      runSync,
      run: async (...args) => {
        await this.gate;
        runSync(...args);
      },
      dispose: () => void this.disposed++,
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

interface Point {
  readonly memory: readonly TypedArray[];
  readonly scalars: Float64Array;
  readonly index: readonly number[];
  readonly reduced: readonly number[];
}

function evaluate(expression: Expression, point: Point): number {
  switch (expression.op) {
    case 'constant':
      return expression.value;
    case 'scalar':
      return roundTo[expression.dtype](point.scalars[expression.position]!);
    case 'index':
      return point.index[expression.axis]!;
    case 'reduced':
      return point.reduced[expression.position]!;
    case 'load': {
      if (expression.mask !== undefined && evaluate(expression.mask, point) === 0) return 0;
      const value = point.memory[expression.buffer]![evaluate(expression.index, point)];
      if (value === undefined) throw new RangeError('A load outside of its buffer.');
      return value;
    }
    default: {
      const inputs = expression.inputs.map((input) => evaluate(input, point));
      return scalarFunction(expression.op, expression.dtype, expression.word)(...inputs);
    }
  }
}

function* points(shape: readonly number[]): Generator<number[]> {
  const size = sizeOf(shape);
  for (let position = 0; position < size; position++) {
    const index: number[] = [];
    let rest = position;
    for (let axis = shape.length - 1; axis >= 0; axis--) {
      index.unshift(rest % shape[axis]!);
      rest = Math.floor(rest / shape[axis]!);
    }
    yield index;
  }
}

function runKernel(kernel: Kernel, memory: readonly TypedArray[], scalars: Float64Array): void {
  const at = (index: readonly number[], reduced: readonly number[] = []): Point => ({
    memory,
    scalars,
    index,
    reduced,
  });
  if (kernel.kind === 'matMul') throw new Error('The interpreter multiplies by reductions only.');
  if (kernel.kind === 'scatterAdd') {
    const target = memory[kernel.buffer]!;
    target.fill(0);
    for (const index of points(kernel.shape)) {
      const place = evaluate(kernel.index, at(index));
      if (place >= 0 && place < target.length) {
        target[place] = target[place]! + evaluate(kernel.value, at(index));
      }
    }
    return;
  }
  let position = 0;
  for (const index of points(kernel.shape)) {
    const reduced =
      kernel.kind === 'reduce'
        ? kernel.reductions.map((each) => {
            const values = [...points(kernel.reduceShape)].map((inner) =>
              evaluate(each.value, at([...index, ...inner])),
            );
            return reduceValues(each, values);
          })
        : [];
    store(kernel.outputs, position++, at(index, reduced));
  }
}

function store(outputs: readonly KernelOutput[], position: number, point: Point): void {
  const values = outputs.map(({ value }) => evaluate(value, point));
  outputs.forEach(({ buffer }, which) => (point.memory[buffer]![position] = values[which]!));
}

function reduceValues({ operation, dtype, value }: Reduction, values: readonly number[]): number {
  const round = roundTo[dtype];
  const least = allocateTypedArray(value.dtype, 0) instanceof Float32Array ? -Infinity : -(2 ** 31);
  switch (operation) {
    case 'sum':
      return round(values.reduce((sum, each) => sum + each, 0));
    case 'product':
      return round(values.reduce((product, each) => product * each, 1));
    case 'max':
      return values.reduce((a, b) => Math.max(a, b), least);
    case 'min':
      return values.reduce((a, b) => Math.min(a, b), -least);
    case 'argMax':
    case 'argMin': {
      const nan = values.findIndex(Number.isNaN);
      if (nan >= 0) return nan;
      const best = operation === 'argMax' ? Math.max(...values) : Math.min(...values);
      return Math.max(values.indexOf(best), 0);
    }
  }
}
