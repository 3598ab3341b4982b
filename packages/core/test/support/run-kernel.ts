import {
  isInteger,
  roundTo,
  scalarFunction,
  sizeOf,
  visitExpressions,
  type Expression,
  type Kernel,
  type MatMulKernel,
  type MatrixOperand,
  type Reduction,
  type RowKernel,
  type ScatterAddKernel,
  type TypedArray,
} from '../../src/backend/index.js';

/** What a kernel runs on: the memory of the plan's buffers and the scalars of the run. */
export interface Machine {
  readonly memory: readonly TypedArray[];
  readonly scalars: Float64Array;
}

/** A kernel with outputs. */
type OutputKernel = Exclude<Kernel, ScatterAddKernel | RowKernel>;

/** The kernels that a kernel consists of: itself, but for rows. */
export function phasesOf(kernel: Kernel): readonly Exclude<Kernel, RowKernel>[] {
  return kernel.kind === 'row' ? kernel.phases : [kernel];
}

/** Computes a kernel point by point, checking what kernels promise about the memory they touch. */
export function runKernel(kernel: Kernel, machine: Machine): void {
  if (kernel.kind === 'scatterAdd') runScatterAdd(kernel, machine);
  else if (kernel.kind === 'row') runRows(kernel, machine);
  else runOutputs(kernel, machine);
}

/** The last row first, since the order must not matter. */
function runRows({ shape, phases }: RowKernel, machine: Machine): void {
  const count = sizeOf(shape);
  for (let row = count - 1; row >= 0; row--) {
    for (const phase of phases) {
      if (shape.some((extent, axis) => phase.shape[axis] !== extent)) {
        throw new RangeError('The index space of a phase does not begin with the rows.');
      }
      const size = sizeOf(phase.shape) / count;
      runOutputs(phase, machine, [row * size, (row + 1) * size]);
    }
  }
}

function runOutputs(
  kernel: OutputKernel,
  machine: Machine,
  [start, end] = [0, sizeOf(kernel.shape)],
): void {
  const written = new Set(kernel.outputs.map(({ buffer }) => buffer));
  if (written.size < kernel.outputs.length) throw new Error('Two outputs share a buffer.');
  const epilogue = evaluator(
    kernel.outputs.map(({ value }) => value),
    machine,
    written,
  );
  const reduce = reducer(kernel, machine, written);
  const size = sizeOf(kernel.shape);
  for (let position = start; position < end; position++) {
    const index = pointAt(position, kernel.shape);
    const values = epilogue(index, reduce(index), position);
    kernel.outputs.forEach(({ buffer, value }, which) => {
      machine.memory[buffer]![position] = roundTo[value.dtype](values[which]!);
    });
  }
  if (kernel.outputs.some(({ buffer }) => machine.memory[buffer]!.length !== size)) {
    throw new RangeError('An output is not of the size of the index space.');
  }
}

type Reduce = (index: readonly number[]) => number[];

function reducer(kernel: OutputKernel, machine: Machine, written: ReadonlySet<number>): Reduce {
  if (kernel.kind === 'map') return () => [];
  if (kernel.kind === 'matMul') return multiplier(kernel, machine, written);
  if (kernel.kind !== 'reduce') {
    throw new RangeError(`${kernel.kind} is not among the kernels the interpreter runs.`);
  }
  const prologue = evaluator(
    kernel.reductions.map(({ value }) => value),
    machine,
    written,
  );
  return (index) => {
    const columns: number[][] = kernel.reductions.map(() => []);
    for (const inner of points(kernel.reduceShape)) {
      prologue([...index, ...inner], []).forEach((value, which) => columns[which]!.push(value));
    }
    return kernel.reductions.map((reduction, which) => combine(reduction, columns[which]!));
  };
}

function combine({ operation, dtype }: Reduction, values: readonly number[]): number {
  const round = roundTo[dtype];
  switch (operation) {
    case 'sum':
      return round(values.reduce((sum, each) => sum + each, 0));
    case 'product': {
      const multiply = isInteger(dtype)
        ? scalarFunction('mul', dtype)
        : (a: number, b: number) => a * b;
      return round(values.reduce((product, each) => multiply(product, each), 1));
    }
    case 'max':
      return values.reduce((a, b) => Math.max(a, b));
    case 'min':
      return values.reduce((a, b) => Math.min(a, b));
    case 'argMax':
    case 'argMin': {
      const nan = values.findIndex(Number.isNaN);
      if (nan >= 0) return nan;
      const sign = operation === 'argMax' ? 1 : -1;
      return values.reduce((best, each, i) => (sign * each > sign * values[best]! ? i : best), 0);
    }
  }
}

function multiplier(
  { left, right, shape, depth, dtype }: MatMulKernel,
  { memory }: Machine,
  written: ReadonlySet<number>,
): Reduce {
  const rank = shape.length;
  if (written.has(left.buffer) || written.has(right.buffer)) {
    throw new Error('A product overwrites one of its operands.');
  }
  const element = (
    operand: MatrixOperand,
    batch: readonly number[],
    i: number,
    j: number,
  ): number => {
    const offset = batch.reduce((sum, at, axis) => sum + at * operand.batchStrides[axis]!, 0);
    const place = operand.offset + offset + i * operand.rowStride + j * operand.columnStride;
    return inside(memory[operand.buffer]!, place);
  };
  return (index) => {
    const [row, column] = [index[rank - 2]!, index[rank - 1]!];
    const batch = index.slice(0, -2);
    let sum = 0;
    for (let k = 0; k < depth; k++) {
      const product = element(left, batch, row, k) * element(right, batch, k, column);
      sum += roundTo[dtype](product);
    }
    return [roundTo[dtype](sum)];
  };
}

function runScatterAdd(kernel: ScatterAddKernel, machine: Machine): void {
  const target = machine.memory[kernel.buffer]!;
  const both = evaluator([kernel.index, kernel.value], machine, new Set([kernel.buffer]));
  target.fill(0);
  for (const index of points(kernel.shape)) {
    const [place, value] = both(index, []) as [number, number];
    if (place >= 0 && place < target.length) target[place] = target[place]! + value;
  }
}

type Evaluate = (
  index: readonly number[],
  reduced: readonly number[],
  position?: number,
) => readonly number[];

/** Evaluates expressions at a point, each distinct one once. */
function evaluator(
  roots: readonly Expression[],
  { memory, scalars }: Machine,
  written: ReadonlySet<number>,
): Evaluate {
  const slots = new Map<Expression, number>();
  visitExpressions(roots, (expression) => slots.set(expression, slots.size));
  const values: number[] = [];
  const valueOf = (expression: Expression): number => values[slots.get(expression)!]!;
  const steps = [...slots.keys()].map((expression): Evaluate => {
    switch (expression.op) {
      case 'constant':
        return () => [expression.value];
      case 'scalar':
        return () => [roundTo[expression.dtype](scalars[expression.position]!)];
      case 'index':
        return (index) => [index[expression.axis]!];
      case 'reduced':
        return (_, reduced) => [reduced[expression.position]!];
      case 'load':
        return (_index, _reduced, position) => {
          if (expression.mask !== undefined && valueOf(expression.mask) === 0) return [0];
          const place = valueOf(expression.index);
          if (written.has(expression.buffer) && place !== position) {
            throw new Error('A kernel reads elsewhere than it writes.');
          }
          return [inside(memory[expression.buffer]!, place)];
        };
      default: {
        const apply = scalarFunction(expression.op, expression.dtype, expression.word);
        return () => [apply(...expression.inputs.map(valueOf))];
      }
    }
  });
  return (index, reduced, position) => {
    steps.forEach((step, slot) => ([values[slot]] = step(index, reduced, position) as [number]));
    return roots.map(valueOf);
  };
}

function inside(memory: TypedArray, place: number): number {
  const value = memory[place];
  if (value === undefined) throw new RangeError(`A load at ${place} is outside of its buffer.`);
  return value;
}

function* points(shape: readonly number[]): Generator<number[]> {
  const size = sizeOf(shape);
  for (let position = 0; position < size; position++) yield pointAt(position, shape);
}

function pointAt(position: number, shape: readonly number[]): number[] {
  const index: number[] = [];
  let rest = position;
  for (let axis = shape.length - 1; axis >= 0; axis--) {
    index.unshift(rest % shape[axis]!);
    rest = Math.floor(rest / shape[axis]!);
  }
  return index;
}
