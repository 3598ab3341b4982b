import { stridesOf, type Unpool2dKernel } from '@gradus/core/backend';
import { ProgramBuilder, type Scope } from '../program/builder.js';
import { ExpressionLowering } from '../program/lowering.js';
import type { Program, Register } from '../program/program.js';
import { Accumulator } from './accumulator.js';
import { nest, nestBetween, type Range } from './nest.js';
import { storeOutputs } from './outputs.js';

/** Lines of windows of up to so many elements are written out, without a loop. */
const unrolledElements = 4;

/**
 * What pooling sends back, as a program. Where windows lie side by side like tiles, each element of
 * the images has one value to look at, and loops go over windows; other elements have to find out
 * which windows cover them.
 */
export function unpool2dProgram(kernel: Unpool2dKernel, scalars: number): Program {
  const writer = new UnpoolWriter(kernel, scalars);
  const [, , height, width] = kernel.shape;
  const [rows, columns] = wholeTiles(kernel);
  const [bottom, right] = [rows * kernel.window.kernel[0], columns * kernel.window.kernel[1]];
  writer.tiles(rows, columns);
  writer.elements([0, bottom], [right, width]);
  writer.elements([bottom, height], [0, width]);
  return writer.builder.finish();
}

/** How many windows down and across are tiles that lie in the image as a whole. */
function wholeTiles({ pooled, shape, window }: Unpool2dKernel): readonly [number, number] {
  const { kernel, stride, dilation, padding } = window;
  const along = (axis: 0 | 1, before: number): number => {
    const areTiles = stride[axis] === kernel[axis] && dilation[axis] === 1 && before === 0;
    return areTiles ? Math.min(pooled[2 + axis]!, Math.floor(shape[2 + axis]! / kernel[axis])) : 0;
  };
  const [rows, columns] = [along(0, padding.top), along(1, padding.left)];
  return rows * columns === 0 ? [0, 0] : [rows, columns];
}

class UnpoolWriter {
  readonly builder: ProgramBuilder;
  readonly #kernel: Unpool2dKernel;
  readonly #scalars: number;
  readonly #accumulator: Accumulator;

  constructor(kernel: Unpool2dKernel, scalars: number) {
    const { name, dtype } = kernel;
    this.builder = new ProgramBuilder(name);
    this.#kernel = kernel;
    this.#scalars = scalars;
    this.#accumulator = new Accumulator({ operation: 'sum', dtype, value: { dtype } });
  }

  /** The elements that the first windows down and across consist of. */
  tiles(rows: number, columns: number): void {
    const { builder } = this;
    const { shape, window } = this.#kernel;
    const [height, width] = window.kernel;
    const [zero, end] = [builder.constant(0), builder.constant(columns)];
    const place = this.#lowering();
    const element = (scope: Scope, row: Register, column: Register): void => {
      const at = (axis: number, extent: number, inside: Register): Register => {
        const coefficients = [0, 0, 0, 0];
        coefficients[axis] = extent;
        return builder.integer('add', place.affine({ constant: 0, coefficients }), inside);
      };
      const lowering = place.within(2, at(2, height, row)).within(3, at(3, width, column));
      this.#store(lowering, scope, this.#value(place, row, column));
    };
    nest(builder, place, [shape[0], shape[1], rows], 0, builder.root, (band) => {
      builder.loop(band, zero, builder.constant(height), (row, line) => {
        builder.loop(line, zero, end, (across, body) => {
          place.bindAxis(3, across);
          if (width > unrolledElements) {
            builder.loop(body, zero, builder.constant(width), (column, inner) =>
              element(inner, row, column),
            );
            return;
          }
          for (let column = 0; column < width; column++) {
            element(body, row, builder.constant(column));
          }
        });
      });
    });
  }

  /** Elements wherever they are: the sum over all windows that cover each. */
  elements(rows: Range, columns: Range): void {
    if (rows[0] === rows[1] || columns[0] === columns[1]) return;
    const { builder } = this;
    const { shape, dtype } = this.#kernel;
    const lowering = this.#lowering();
    const ranges: Range[] = [[0, shape[0]], [0, shape[1]], rows, columns];
    const zero = builder.constant(0);
    nestBetween(builder, lowering, ranges, 0, builder.root, (body) => {
      const state = builder.variable(body, zero);
      const [top, bottom] = this.#bounds(lowering, 0);
      const [left, right] = this.#bounds(lowering, 1);
      builder.loop(body, top, bottom, (down, line) => {
        builder.loop(line, left, right, (across, inner) => {
          const row = this.#elementOf(lowering, 0, down);
          const column = this.#elementOf(lowering, 1, across);
          const place = lowering.within(2, down).within(3, across);
          const value = this.#value(place, row.element, column.element);
          const seen = builder.operation('and', 'bool', [row.exists, column.exists]);
          const shown = builder.operation('where', dtype, [seen, value, zero]);
          const [sum] = this.#accumulator.next(builder, inner, [state], shown, () => shown);
          builder.assign(inner, state, sum!);
        });
      });
      this.#store(lowering, body, this.#accumulator.result(builder, [state]));
    });
  }

  #lowering(): ExpressionLowering {
    return new ExpressionLowering(this.builder, 4, this.#scalars);
  }

  /** Along an axis, the windows that begin at or before an element and end at or behind it. */
  #bounds(lowering: ExpressionLowering, axis: 0 | 1): readonly [from: Register, to: Register] {
    const { builder } = this;
    const { pooled, window } = this.#kernel;
    const { kernel, dilation, stride } = window;
    const last = (kernel[axis] - 1) * dilation[axis];
    /** ⌊(where the element is − back) / stride⌋ */
    const reached = (back: number): Register => {
      const offset = this.#offset(lowering, axis, -back);
      return builder.integer('floorDiv', offset, builder.constant(stride[axis]));
    };
    return [
      builder.operation('maximum', 'int32', [
        reached(last - stride[axis] + 1),
        builder.constant(0),
      ]),
      builder.operation('minimum', 'int32', [
        reached(-stride[axis]),
        builder.constant(pooled[2 + axis]!),
      ]),
    ];
  }

  /** Which element of the window at `place` an element of the images is along an axis, if it is one. */
  #elementOf(
    lowering: ExpressionLowering,
    axis: 0 | 1,
    place: Register,
  ): { readonly element: Register; readonly exists: Register } {
    const { builder } = this;
    const { stride, dilation } = this.#kernel.window;
    const start = builder.integer('mul', place, builder.constant(stride[axis]));
    const offset = builder.integer('sub', this.#offset(lowering, axis, 0), start);
    if (dilation[axis] === 1) return { element: offset, exists: builder.constant(1) };
    const by = builder.constant(dilation[axis]);
    const element = builder.integer('floorDiv', offset, by);
    const rest = builder.integer('sub', offset, builder.integer('mul', element, by));
    const exists = builder.operation('equal', 'bool', [rest, builder.constant(0)]);
    return { element, exists };
  }

  /** The coordinate of an element in the padded images, and `more`. */
  #offset(lowering: ExpressionLowering, axis: 0 | 1, more: number): Register {
    const { top, left } = this.#kernel.window.padding;
    const coefficients = [0, 0, 0, 0];
    coefficients[2 + axis] = 1;
    return lowering.affine({ constant: (axis === 0 ? top : left) + more, coefficients });
  }

  /** What the window at `place` sends to its element at (`row`, `column`). */
  #value(place: ExpressionLowering, row: Register, column: Register): Register {
    const { builder } = this;
    const { pooled, buffer, positions, window, dtype } = this.#kernel;
    const index = place.affine({ constant: 0, coefficients: stridesOf(pooled) });
    const value = builder.load(buffer, index);
    if (positions === undefined) return value;
    const line = builder.integer('mul', row, builder.constant(window.kernel[1]));
    const here = builder.integer('add', line, column);
    const named = builder.operation('equal', 'bool', [builder.load(positions, index), here]);
    return builder.operation('where', dtype, [named, value, builder.constant(0)]);
  }

  #store(lowering: ExpressionLowering, scope: Scope, value: Register): void {
    const { shape, outputs } = this.#kernel;
    lowering.bindReduced([value]);
    storeOutputs(this.builder, lowering, shape, outputs, scope);
  }
}
