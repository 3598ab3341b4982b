import {
  isFloating,
  scalarFunction,
  type DataType,
  type Kernel,
  type Reduction,
  type TypedArray,
} from '@gradus/core/backend';
import { evaluator } from './expressions.js';

/** Runs a kernel once over the memory of its plan. */
export type KernelRunner = (memory: readonly TypedArray[], scalars: Float64Array) => void;

/** What a kernel means. */
export function kernelRunner(kernel: Kernel): KernelRunner {
  switch (kernel.kind) {
    case 'map': {
      const evaluate = evaluator(kernel.outputs.map(({ value }) => value));
      return (memory, scalars) => {
        let position = 0;
        for (const point of points(kernel.shape)) {
          const values = evaluate({ point, reduced: [], memory, scalars });
          kernel.outputs.forEach(({ buffer }, index) => {
            memory[buffer]![position] = values[index]!;
          });
          position++;
        }
      };
    }
    case 'reduce': {
      const prologue = evaluator(kernel.reductions.map(({ value }) => value));
      const epilogue = evaluator(kernel.outputs.map(({ value }) => value));
      return (memory, scalars) => {
        let position = 0;
        for (const outer of points(kernel.shape)) {
          const accumulators = kernel.reductions.map(accumulator);
          for (const inner of points(kernel.reduceShape)) {
            const values = prologue({ point: [...outer, ...inner], reduced: [], memory, scalars });
            accumulators.forEach((each, index) => each.add(values[index]!));
          }
          const reduced = accumulators.map((each) => each.result());
          const values = epilogue({ point: outer, reduced, memory, scalars });
          kernel.outputs.forEach(({ buffer }, index) => {
            memory[buffer]![position] = values[index]!;
          });
          position++;
        }
      };
    }
    case 'scatterAdd': {
      const evaluate = evaluator([kernel.index, kernel.value]);
      const add = scalarFunction('add', kernel.value.dtype);
      return (memory, scalars) => {
        const target = memory[kernel.buffer]!.fill(0);
        for (const point of points(kernel.shape)) {
          const [place, value] = evaluate({ point, reduced: [], memory, scalars });
          if (place! < 0 || place! >= target.length) continue;
          target[place!] = add(target[place!]!, value!);
        }
      };
    }
    default:
      throw new TypeError(`capabilities.kernels does not list ${kernel.kind}.`);
  }
}

/** Every point of an index space, row by row. */
function* points(shape: readonly number[]): Generator<readonly number[]> {
  const point = shape.map(() => 0);
  if (shape.includes(0)) return;
  for (;;) {
    yield point;
    let axis = shape.length - 1;
    for (; axis >= 0; axis--) {
      point[axis]!++;
      if (point[axis]! < shape[axis]!) break;
      point[axis] = 0;
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
