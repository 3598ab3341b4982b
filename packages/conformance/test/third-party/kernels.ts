import {
  isFloating,
  scalarFunction,
  type DataType,
  type Kernel,
  type KernelOutput,
  type Reduction,
  type TypedArray,
} from '@gradus/core/backend';
import { evaluator, type Frame } from './expressions.js';

/** Runs a kernel once over the memory of its plan. */
export type KernelRunner = (memory: readonly TypedArray[], scalars: Float64Array) => void;

/** What a kernel means. */
export function kernelRunner(kernel: Kernel): KernelRunner {
  switch (kernel.kind) {
    case 'map': {
      const evaluate = evaluator(kernel.outputs.map(({ value }) => value));
      return (memory, scalars) => {
        const frame: Frame = { point: [], reduced: [], memory, scalars };
        let position = 0;
        for (const _ of points(kernel.shape, frame.point)) {
          store(kernel.outputs, evaluate(frame), memory, position++);
        }
      };
    }
    case 'reduce': {
      const prologue = evaluator(kernel.reductions.map(({ value }) => value));
      const epilogue = evaluator(kernel.outputs.map(({ value }) => value));
      return (memory, scalars) => {
        const frame: Frame = { point: [], reduced: [], memory, scalars };
        let position = 0;
        for (const _ of points(kernel.shape, frame.point)) {
          const accumulators = kernel.reductions.map(accumulator);
          for (const _ of points(kernel.reduceShape, frame.point, kernel.shape.length)) {
            const values = prologue(frame);
            accumulators.forEach(({ add }, index) => add(values[index]!));
          }
          accumulators.forEach(({ result }, index) => (frame.reduced[index] = result()));
          store(kernel.outputs, epilogue(frame), memory, position++);
        }
      };
    }
    case 'scatterAdd': {
      const evaluate = evaluator([kernel.index, kernel.value]);
      const add = scalarFunction('add', kernel.value.dtype);
      return (memory, scalars) => {
        const frame: Frame = { point: [], reduced: [], memory, scalars };
        const target = memory[kernel.buffer]!.fill(0);
        for (const _ of points(kernel.shape, frame.point)) {
          const [place, value] = evaluate(frame);
          if (place! < 0 || place! >= target.length) continue;
          target[place!] = add(target[place!]!, value!);
        }
      };
    }
    default:
      throw new TypeError(`capabilities.kernels does not list ${kernel.kind}.`);
  }
}

/** All outputs have been computed before the first is stored: it may be another one's input. */
function store(
  outputs: readonly KernelOutput[],
  values: readonly number[],
  memory: readonly TypedArray[],
  position: number,
): void {
  outputs.forEach(({ buffer }, index) => {
    memory[buffer]![position] = values[index]!;
  });
}

/** Counts `point`, from axis `first` on, through an index space, row by row. */
function* points(shape: readonly number[], point: number[], first = 0): Generator<void> {
  if (shape.includes(0)) return;
  shape.forEach((_, axis) => (point[first + axis] = 0));
  for (;;) {
    yield;
    let axis = shape.length - 1;
    for (; axis >= 0; axis--) {
      point[first + axis]!++;
      if (point[first + axis]! < shape[axis]!) break;
      point[first + axis] = 0;
    }
    if (axis < 0) return;
  }
}

/** Collects the elements of one reduction. */
function accumulator({ operation, dtype, value }: Reduction): {
  add: (element: number) => void;
  result: () => number;
} {
  if (operation === 'argMax' || operation === 'argMin') {
    let [count, best, position] = [0, NaN, 0];
    const beats = (element: number): boolean => {
      if (Number.isNaN(best)) return false;
      return Number.isNaN(element) || (operation === 'argMax' ? element > best : element < best);
    };
    return {
      add: (element) => {
        if (count === 0 || beats(element)) [best, position] = [element, count];
        count++;
      },
      result: () => position,
    };
  }
  const combine = scalarFunction(
    ({ sum: 'add', product: 'mul', max: 'maximum', min: 'minimum' } as const)[operation],
    dtype,
  );
  let total = { sum: 0, product: 1, max: least(value.dtype), min: greatest(value.dtype) }[
    operation
  ];
  return {
    add: (element) => {
      total = combine(total, element);
    },
    result: () => total,
  };
}

function least(dtype: DataType): number {
  return isFloating(dtype) ? -Infinity : dtype === 'int32' ? -(2 ** 31) : 0;
}

function greatest(dtype: DataType): number {
  if (isFloating(dtype)) return Infinity;
  return { int32: 2 ** 31 - 1, uint32: 2 ** 32 - 1, uint8: 255, bool: 1 }[dtype as 'int32'];
}
