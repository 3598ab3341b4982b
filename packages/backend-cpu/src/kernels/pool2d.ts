import {
  isFloating,
  stridesOf,
  type DataType,
  type Pool2dKernel,
  type ReductionOperation,
} from '@gradus/core/backend';
import { ProgramBuilder, type Scope } from '../program/builder.js';
import { ExpressionLowering } from '../program/lowering.js';
import type { Program, Register } from '../program/program.js';
import { Accumulator } from './accumulator.js';
import { nestBetween, type Range } from './nest.js';
import { storeOutputs } from './outputs.js';

/** Windows of up to so many elements are written out, without loops. */
const unrolledElements = 16;

/** What a position is where a window sees padding only. */
const nowhere = 2147483647;

/**
 * Pooling as a program. Windows inside of the image are told apart from those that padding cuts
 * off: only the latter have to find out where they begin and end.
 */
export function pool2dProgram(kernel: Pool2dKernel, scalars: number): Program {
  const writer = new PoolWriter(kernel, scalars);
  const [, , rows, columns] = kernel.shape;
  const [top, bottom] = wholePlaces(kernel, 0);
  const [left, right] = wholePlaces(kernel, 1);
  writer.places([0, top], [0, columns], false);
  writer.places([top, bottom], [0, left], false);
  writer.places([top, bottom], [left, right], true);
  writer.places([top, bottom], [right, columns], false);
  writer.places([bottom, rows], [0, columns], false);
  return writer.builder.finish();
}

/** The places along an axis of images at which the whole window is inside. */
function wholePlaces({ images, shape, window }: Pool2dKernel, axis: 0 | 1): Range {
  const { kernel, stride, dilation, padding } = window;
  const before = axis === 0 ? padding.top : padding.left;
  const places = shape[2 + axis]!;
  const room = images[2 + axis]! + before - (kernel[axis] - 1) * dilation[axis] - 1;
  const from = Math.min(Math.ceil(before / stride[axis]), places);
  return [from, Math.max(from, Math.min(Math.floor(room / stride[axis]) + 1, places))];
}

class PoolWriter {
  readonly builder: ProgramBuilder;
  readonly #kernel: Pool2dKernel;
  readonly #scalars: number;
  readonly #accumulator: Accumulator;

  constructor(kernel: Pool2dKernel, scalars: number) {
    this.builder = new ProgramBuilder(kernel.name);
    this.#kernel = kernel;
    this.#scalars = scalars;
    const dtype: DataType = kernel.operation === 'position' ? 'int32' : kernel.dtype;
    const operations: Record<Pool2dKernel['operation'], ReductionOperation> = {
      max: 'max',
      sum: 'sum',
      position: 'min',
    };
    const operation = operations[kernel.operation];
    this.#accumulator = new Accumulator({ operation, dtype, value: { dtype } });
  }

  /** The results at some places, where the windows are `whole` or not. */
  places(rows: Range, columns: Range, whole: boolean): void {
    if (rows[0] === rows[1] || columns[0] === columns[1]) return;
    const { shape, window, outputs } = this.#kernel;
    const lowering = new ExpressionLowering(this.builder, 4, this.#scalars);
    const ranges: Range[] = [[0, shape[0]], [0, shape[1]], rows, columns];
    const [height, width] = window.kernel;
    const unrolled = whole && height * width <= unrolledElements;
    nestBetween(this.builder, lowering, ranges, 0, this.builder.root, (body) => {
      const state = unrolled ? this.#unrolled(lowering, body) : this.#looped(lowering, body);
      lowering.bindReduced([this.#accumulator.result(this.builder, [state])]);
      storeOutputs(this.builder, lowering, shape, outputs, body);
    });
  }

  #unrolled(lowering: ExpressionLowering, body: Scope): Register {
    const { builder } = this;
    const [height, width] = this.#kernel.window.kernel;
    let state: Register | undefined;
    for (let element = 0; element < height * width; element++) {
      const row = builder.constant(Math.floor(element / width));
      const value = this.#value(lowering, row, builder.constant(element % width));
      state = state === undefined ? value : this.#accumulate(body, state, value);
    }
    return state!;
  }

  #looped(lowering: ExpressionLowering, body: Scope): Register {
    const { builder } = this;
    const [initial] = this.#accumulator.initial as [number];
    const state = builder.variable(body, builder.constant(initial));
    const [top, bottom] = this.#bounds(lowering, 0);
    const [left, right] = this.#bounds(lowering, 1);
    builder.loop(body, top, bottom, (row, line) => {
      builder.loop(line, left, right, (column, inner) => {
        const value = this.#value(lowering, row, column);
        builder.assign(inner, state, this.#accumulate(inner, state, value));
      });
    });
    return state;
  }

  #accumulate(scope: Scope, state: Register, value: Register): Register {
    const [next] = this.#accumulator.next(this.builder, scope, [state], value, () => value);
    return next!;
  }

  /** The elements of the window along an axis that are elements of the image. */
  #bounds(lowering: ExpressionLowering, axis: 0 | 1): readonly [from: Register, to: Register] {
    const { builder } = this;
    const { images, window } = this.#kernel;
    const { kernel, stride, dilation, padding } = window;
    const before = axis === 0 ? padding.top : padding.left;
    /** ⌈(edge − where the window begins) / dilation⌉ */
    const upTo = (edge: number): Register => {
      const coefficients = [0, 0, 0, 0];
      coefficients[2 + axis] = -stride[axis];
      const constant = edge + before + dilation[axis] - 1;
      const room = lowering.affine({ constant, coefficients });
      return builder.integer('floorDiv', room, builder.constant(dilation[axis]));
    };
    const limited = (operation: 'minimum' | 'maximum', a: Register, b: number): Register =>
      builder.operation(operation, 'int32', [a, builder.constant(b)]);
    return [
      limited('maximum', upTo(0), 0),
      limited('minimum', upTo(images[2 + axis]!), kernel[axis]),
    ];
  }

  /** What the element at (`row`, `column`) of the window contributes. */
  #value(lowering: ExpressionLowering, row: Register, column: Register): Register {
    const { builder } = this;
    const { images, window, buffer, dtype } = this.#kernel;
    const [, channels, height, width] = images;
    const { stride, dilation, padding, kernel } = window;
    const corner = lowering.affine({
      constant: -(padding.top * width + padding.left),
      coefficients: [channels * height * width, height * width, stride[0] * width, stride[1]],
    });
    const down = builder.integer('mul', row, builder.constant(dilation[0] * width));
    const across = builder.integer('mul', column, builder.constant(dilation[1]));
    const position = builder.integer('add', builder.integer('add', corner, down), across);
    const element = builder.load(buffer, position);
    if (this.#kernel.operation !== 'position') return element;
    const line = builder.integer('mul', row, builder.constant(kernel[1]));
    const here = builder.integer('add', line, column);
    const found = isSame(builder, dtype, element, this.#maximum(lowering));
    return builder.operation('where', 'int32', [found, here, builder.constant(nowhere)]);
  }

  #maximum(lowering: ExpressionLowering): Register {
    const { shape, maxima } = this.#kernel;
    const place = lowering.affine({ constant: 0, coefficients: stridesOf(shape) });
    return this.builder.load(maxima!, place);
  }
}

/** Whether two numbers are equal, or both are not a number. */
function isSame(builder: ProgramBuilder, dtype: DataType, a: Register, b: Register): Register {
  const logical = (
    operation: 'equal' | 'notEqual' | 'and' | 'or',
    left: Register,
    right: Register,
  ): Register => builder.operation(operation, 'bool', [left, right]);
  const equal = logical('equal', a, b);
  if (!isFloating(dtype)) return equal;
  return logical('or', equal, logical('and', logical('notEqual', a, a), logical('notEqual', b, b)));
}
