import type { DataType, TypedArray } from './dtype.js';
import { ShapeError } from './errors.js';
import * as contraction from './graph/contraction.js';
import * as elementwise from './graph/elementwise.js';
import type { BinaryOperation, UnaryOperation } from './graph/elementwise.js';
import * as movement from './graph/movement.js';
import type { GraphNode } from './graph/node.js';
import { indexSlices, type SliceIndex } from './indexing.js';
import type { Device } from './runtime/device.js';
import { moveTo } from './runtime/realize.js';
import { reading } from './runtime/trace.js';
import { formatShape, normalizeAxes, normalizeAxis, sizeOf, type Shape } from './shape.js';
import { TensorHandle } from './tensor-handle.js';
import {
  hostNode,
  nodeOf,
  type NestedArray,
  type TensorData,
  type TensorLike,
} from './tensor-like.js';

/** Which axes a reduction removes, and whether they stay as extents of 1. */
export interface ReductionOptions {
  readonly keepDims?: boolean;
}

/** One axis or several; negative ones count from the back. */
export type Axes = number | readonly number[];

/**
 * An immutable, multi-dimensional array that is computed when somebody asks for its values. Every
 * operation checks shapes and dtypes at once and adds a node to a graph; `data()`, `item()`,
 * `realize()` or a compiled program run it. Intermediates are never the user's to free.
 */
export class Tensor extends TensorHandle {
  /** The same values in the memory of `device`. */
  to(device: Device): Promise<Tensor> {
    return reading(async () => new Tensor(await moveTo(this.node, device)));
  }

  /** −x. */
  neg(): Tensor {
    return this.#unary('neg');
  }
  /** |x|; its gradient at 0 is 0. */
  abs(): Tensor {
    return this.#unary('abs');
  }
  /** −1, 0 or 1. */
  sign(): Tensor {
    return this.#unary('sign');
  }
  /** The greatest integer not above x. */
  floor(): Tensor {
    return this.#unary('floor');
  }
  /** The least integer not below x. */
  ceil(): Tensor {
    return this.#unary('ceil');
  }
  /** The nearest integer, halves to even. */
  round(): Tensor {
    return this.#unary('round');
  }
  /** max(x, 0); NaN stays NaN, the gradient at 0 is 0. */
  relu(): Tensor {
    return this.#unary('relu');
  }
  /** Logical negation of bool, bitwise of integers. */
  not(): Tensor {
    return this.#unary('not');
  }
  /** √x. */
  sqrt(): Tensor {
    return this.#unary('sqrt');
  }
  /** eˣ. */
  exp(): Tensor {
    return this.#unary('exp');
  }
  /** eˣ − 1, accurate near 0. */
  expm1(): Tensor {
    return this.#unary('expm1');
  }
  /** The natural logarithm. */
  log(): Tensor {
    return this.#unary('log');
  }
  /** ln(1 + x), accurate near 0. */
  log1p(): Tensor {
    return this.#unary('log1p');
  }
  /** sin x, radians. */
  sin(): Tensor {
    return this.#unary('sin');
  }
  /** cos x, radians. */
  cos(): Tensor {
    return this.#unary('cos');
  }
  /** The hyperbolic tangent. */
  tanh(): Tensor {
    return this.#unary('tanh');
  }
  /** 1 / (1 + e⁻ˣ). */
  sigmoid(): Tensor {
    return this.#unary('sigmoid');
  }
  /** 2/√π ∫₀ˣ e^(−t²) dt. */
  erf(): Tensor {
    return this.#unary('erf');
  }
  /** x². */
  square(): Tensor {
    return this.mul(this);
  }
  /** 1 / x. */
  reciprocal(): Tensor {
    elementwise.assertFloating('reciprocal', this.dtype);
    return new Tensor(elementwise.binary('div', nodeOf(1, this.dtype), this.node));
  }

  /** x + y, broadcast; a plain number takes this tensor's dtype, here and below. */
  add(other: TensorLike): Tensor {
    return this.#binary('add', other);
  }
  /** x − y. */
  sub(other: TensorLike): Tensor {
    return this.#binary('sub', other);
  }
  /** x · y, element by element. */
  mul(other: TensorLike): Tensor {
    return this.#binary('mul', other);
  }
  /** x / y, floating-point only. */
  div(other: TensorLike): Tensor {
    return this.#binary('div', other);
  }
  /** ⌊x / y⌋. */
  floorDiv(other: TensorLike): Tensor {
    return this.#binary('floorDiv', other);
  }
  /** x − y⌊x / y⌋: the sign of the divisor. */
  mod(other: TensorLike): Tensor {
    return this.#binary('mod', other);
  }
  /** xʸ. */
  pow(exponent: TensorLike): Tensor {
    return this.#binary('pow', exponent);
  }
  /** The greater of two; NaN if either is. Ties share the gradient. */
  maximum(other: TensorLike): Tensor {
    return this.#binary('maximum', other);
  }
  /** The lesser of two; NaN if either is. Ties share the gradient. */
  minimum(other: TensorLike): Tensor {
    return this.#binary('minimum', other);
  }
  /** x < y, as bool. */
  less(other: TensorLike): Tensor {
    return this.#binary('less', other);
  }
  /** x ≤ y, as bool. */
  lessEqual(other: TensorLike): Tensor {
    return this.#binary('lessEqual', other);
  }
  /** x > y, as bool. */
  greater(other: TensorLike): Tensor {
    return new Tensor(elementwise.binary('less', nodeOf(other, this.dtype), this.node));
  }
  /** x ≥ y, as bool. */
  greaterEqual(other: TensorLike): Tensor {
    return new Tensor(elementwise.binary('lessEqual', nodeOf(other, this.dtype), this.node));
  }
  /** x = y, as bool. */
  equal(other: TensorLike): Tensor {
    return this.#binary('equal', other);
  }
  /** x ≠ y, as bool. */
  notEqual(other: TensorLike): Tensor {
    return this.#binary('notEqual', other);
  }
  /** Logical on bool, bitwise on integers. */
  and(other: TensorLike): Tensor {
    return this.#binary('and', other);
  }
  /** Logical on bool, bitwise on integers. */
  or(other: TensorLike): Tensor {
    return this.#binary('or', other);
  }
  /** Logical on bool, bitwise on integers. */
  xor(other: TensorLike): Tensor {
    return this.#binary('xor', other);
  }
  /** x · 2ʸ on integers, modulo the width. */
  shiftLeft(other: TensorLike): Tensor {
    return this.#binary('shiftLeft', other);
  }
  /** Bits moved down: arithmetic on int32, logical on unsigned types. */
  shiftRight(other: TensorLike): Tensor {
    return this.#binary('shiftRight', other);
  }

  /** The same values in another dtype; float to integer truncates and saturates, NaN gives 0. */
  cast(dtype: DataType): Tensor {
    return this.#wrap(elementwise.cast(this.node, dtype));
  }

  /** The same elements in row-major order; one extent may be −1 and is inferred. */
  reshape(shape: Shape): Tensor {
    return this.#wrap(movement.reshape(this.node, shape));
  }
  /** Axes reordered (reversed when left out): output axis i is input axis `permutation[i]`. */
  transpose(permutation?: readonly number[]): Tensor {
    const reversed = this.shape.map((_, axis) => this.rank - 1 - axis);
    return this.#wrap(movement.transpose(this.node, permutation ?? reversed));
  }
  /** Repeats extents of 1 to fill `shape`. */
  broadcastTo(shape: Shape): Tensor {
    return this.#wrap(movement.broadcastTo(this.node, shape));
  }
  /** `shape[axis]` elements from `starts[axis]` on, every `steps[axis]`-th. */
  slice(starts: readonly number[], shape: Shape, steps?: readonly number[]): Tensor {
    return this.#wrap(movement.slice(this.node, starts, shape, steps));
  }
  /** `before[axis]` and `after[axis]` elements of `value` around each axis. */
  pad(before: readonly number[], after: readonly number[], value = 0): Tensor {
    return this.#wrap(movement.pad(this.node, before, after, value));
  }
  /** Elements in reverse order along `axes` (all when left out). */
  flip(axes?: Axes): Tensor {
    return this.#wrap(movement.flip(this.node, axes));
  }
  /** A new axis of extent 1 at position `axis`. */
  expandDims(axis: number): Tensor {
    const position = normalizeAxis('expandDims', axis, this.rank + 1);
    return this.reshape([...this.shape.slice(0, position), 1, ...this.shape.slice(position)]);
  }
  /** Without its axes of extent 1, or without the given ones, which must have extent 1. */
  squeeze(axes?: Axes): Tensor {
    const chosen = axes === undefined ? undefined : normalizeAxes('squeeze', axes, this.rank);
    if (chosen?.some((axis) => this.shape[axis] !== 1)) {
      throw new ShapeError(
        `squeeze: axes [${chosen.join(', ')}] of ${formatShape(this.shape)} are not all of extent 1.`,
      );
    }
    const keep = (extent: number, axis: number): boolean =>
      chosen === undefined ? extent !== 1 : !chosen.includes(axis);
    return this.reshape(this.shape.filter(keep));
  }
  /**
   * NumPy-style basic indexing: a number picks (and drops) an axis, `[start, stop, step]` takes a
   * range, `null` keeps the whole axis; negative positions count from the back.
   */
  at(...indices: readonly SliceIndex[]): Tensor {
    const { starts, shape, steps, dropped } = indexSlices(this.shape, indices);
    const kept = shape.filter((_, axis) => !dropped.includes(axis));
    return this.slice(starts, shape, steps).reshape(kept);
  }

  /** Σ over `axes` (all when left out). An empty sum is 0. */
  sum(axes?: Axes, options?: ReductionOptions): Tensor {
    return this.#reduce('sum', axes, options);
  }
  /** ∏ over `axes`. An empty product is 1. */
  product(axes?: Axes, options?: ReductionOptions): Tensor {
    return this.#reduce('product', axes, options);
  }
  /** The greatest element; NaN wins. Ties share the gradient. */
  max(axes?: Axes, options?: ReductionOptions): Tensor {
    return this.#reduce('max', axes, options);
  }
  /** The least element; NaN wins. Ties share the gradient. */
  min(axes?: Axes, options?: ReductionOptions): Tensor {
    return this.#reduce('min', axes, options);
  }
  /** The arithmetic mean over `axes`; of nothing it is NaN. */
  mean(axes?: Axes, options?: ReductionOptions): Tensor {
    elementwise.assertFloating('mean', this.dtype);
    const reduced = normalizeAxes('mean', axes, this.rank);
    const count = sizeOf(reduced.map((axis) => this.shape[axis]!));
    return this.sum(axes, options).div(count);
  }
  /** The int32 position of the first greatest element along `axis`; NaN wins. */
  argMax(axis = -1): Tensor {
    return new Tensor(contraction.argReduce('argMax', this.node, axis));
  }
  /** The int32 position of the first least element along `axis`; NaN wins. */
  argMin(axis = -1): Tensor {
    return new Tensor(contraction.argReduce('argMin', this.node, axis));
  }
  /** The matrix product over the last two axes; leading axes broadcast. */
  matMul(other: TensorLike): Tensor {
    return new Tensor(contraction.matMul(this.node, nodeOf(other, this.dtype)));
  }
  /** The slices along `axis` that int32 `indices` name; out of range gives NaN (0 for integers). */
  gather(indices: TensorLike, axis = 0): Tensor {
    return new Tensor(contraction.gather(this.node, nodeOf(indices, 'int32'), axis));
  }

  #wrap(node: GraphNode): Tensor {
    return node === this.node ? this : new Tensor(node);
  }

  #unary(operation: UnaryOperation): Tensor {
    return new Tensor(elementwise.unary(operation, this.node));
  }

  #binary(operation: BinaryOperation, other: TensorLike): Tensor {
    return this.#wrap(elementwise.binary(operation, this.node, nodeOf(other, this.dtype)));
  }

  #reduce(
    operation: 'sum' | 'product' | 'max' | 'min',
    axes: Axes | undefined,
    options: ReductionOptions | undefined,
  ): Tensor {
    const node = contraction.reduce(operation, this.node, axes);
    if (options?.keepDims !== true) return this.#wrap(node);
    const reduced = normalizeAxes(operation, axes, this.rank);
    const kept = this.shape.map((extent, axis) => (reduced.includes(axis) ? 1 : extent));
    return this.#wrap(movement.reshape(node, kept));
  }
}

/**
 * A tensor from numbers, nested arrays, a typed array or `{ data, shape }`. Values are copied.
 *
 * `shape` is needed for typed arrays of more than one axis and otherwise follows from the nesting;
 * `dtype` is float32 for numbers, bool for booleans and a typed array's own when left out.
 */
export function tensor(
  values: NestedArray | TypedArray | TensorData,
  options: { readonly shape?: Shape; readonly dtype?: DataType } = {},
): Tensor {
  return new Tensor(hostNode(values, options.shape, options.dtype));
}

/** `value` as a tensor: itself if it is one, the current version of a variable, values otherwise. */
export function asTensor(value: TensorLike, dtype?: DataType): Tensor {
  if (value instanceof Tensor) return value;
  return new Tensor(nodeOf(value, dtype));
}
