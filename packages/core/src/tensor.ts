import { checkOptionNames } from './arguments.js';
import type { DataType, TypedArray } from './dtype.js';
import { ArgumentError, ShapeError } from './errors.js';
import * as contraction from './graph/contraction.js';
import { assertFloating, binary, unary, where } from './graph/elementwise.js';
import * as movement from './graph/movement.js';
import { GraphNode } from './graph/node.js';
import { indexSlices, type SliceIndex } from './indexing.js';
import type { Device } from './runtime/device.js';
import { moveTo } from './runtime/realize.js';
import { reading } from './runtime/trace.js';
import { formatShape, normalizeAxes, normalizeAxis, sizeOf, type Shape } from './shape.js';
import { TensorArithmetic } from './tensor-arithmetic.js';
import {
  hostNode,
  nodeOf,
  type NestedArray,
  type TensorData,
  type TensorLike,
} from './tensor-like.js';

/** Which axes a reduction removes, and whether they stay as extents of 1. */
export interface ReductionOptions {
  readonly keepDims?: boolean | undefined;
}

/** How a variance counts. */
export interface VarianceOptions extends ReductionOptions {
  /** What is taken off the number of elements before dividing by it: 0 (if not given), or 1 for an unbiased estimate. */
  readonly correction?: number;
}

/** Which norm. */
export interface NormOptions extends ReductionOptions {
  /** 1: the sum of magnitudes; 2, if not given: the root of the sum of squares; `Infinity`: the greatest magnitude. */
  readonly order?: number;
}

/** One axis or several; negative ones count from the back. */
export type Axes = number | readonly number[];

/**
 * An immutable, multi-dimensional array that is computed when somebody asks for its values. Every
 * operation checks shapes and dtypes at once and adds a node to a graph; `data()`, `item()`,
 * `realize()` or a compiled program run it. Intermediates are never the user's to free.
 */
export class Tensor extends TensorArithmetic {
  /** The same values in the memory of `device`. */
  to(device: Device): Promise<Tensor> {
    return reading(async () => new Tensor(await moveTo(this.node, device)));
  }

  /** The same elements in row-major order; one extent may be −1 and is inferred. */
  reshape(shape: Shape): Tensor {
    return this.wrap(movement.reshape(this.node, shape));
  }
  /** Axes reordered (reversed when left out): output axis i is input axis `permutation[i]`. */
  transpose(permutation?: readonly number[]): Tensor {
    const reversed = this.shape.map((_, axis) => this.rank - 1 - axis);
    return this.wrap(movement.transpose(this.node, permutation ?? reversed));
  }
  /** Repeats extents of 1 to fill `shape`. */
  broadcastTo(shape: Shape): Tensor {
    return this.wrap(movement.broadcastTo(this.node, shape));
  }
  /** `shape[axis]` elements from `starts[axis]` on, every `steps[axis]`-th. */
  slice(starts: readonly number[], shape: Shape, steps?: readonly number[]): Tensor {
    return this.wrap(movement.slice(this.node, starts, shape, steps));
  }
  /** `before[axis]` and `after[axis]` elements of `value` around each axis. */
  pad(before: readonly number[], after: readonly number[], value = 0): Tensor {
    return this.wrap(movement.pad(this.node, before, after, value));
  }
  /** Elements in reverse order along `axes` (all when left out). */
  flip(axes?: Axes): Tensor {
    return this.wrap(movement.flip(this.node, axes));
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
    return this.sum(axes, options).div(this.#count('mean', axes));
  }
  /**
   * Σ (x − mean)² / (n − correction) over `axes`; NaN where nothing is left to divide by.
   *
   * @throws DataTypeError unless floating-point, ShapeError for axes that do not exist.
   */
  variance(axes?: Axes, options: VarianceOptions = {}): Tensor {
    return this.#variance('variance', axes, options);
  }
  /** √variance; its gradient is 0, and not NaN, where all elements are equal. Throws as `variance`. */
  standardDeviation(axes?: Axes, options: VarianceOptions = {}): Tensor {
    return rootOfSquares(this.#variance('standardDeviation', axes, options));
  }
  /**
   * The norm of the vectors along `axes` (of all elements as one vector when left out): Σ |x|,
   * √Σ x² or max |x|. Its gradient at the zero vector is 0, and not NaN; elements tied for the
   * maximum share it. The norm of nothing is 0.
   *
   * @throws ArgumentError for another order than 1, 2 or Infinity; DataTypeError unless
   *   floating-point; ShapeError for axes that do not exist.
   */
  norm(axes?: Axes, options: NormOptions = {}): Tensor {
    checkOptionNames('norm', options, ['order', 'keepDims']);
    const { order = 2, keepDims } = options;
    const count = this.#count('norm', axes);
    switch (order) {
      case 1:
        return this.abs().sum(axes, { keepDims });
      case 2:
        return rootOfSquares(this.square().sum(axes, { keepDims }));
      case Infinity:
        return count === 0 ? this.sum(axes, { keepDims }) : this.abs().max(axes, { keepDims });
      default:
        throw new ArgumentError(`norm: order must be 1, 2 or Infinity, got ${order}.`);
    }
  }
  /** The int32 position of the first greatest element along `axis`; NaN wins. */
  argMax(axis = -1): Tensor {
    return new Tensor(contraction.argReduce('argMax', this.node, axis));
  }
  /** The int32 position of the first least element along `axis`; NaN wins. */
  argMin(axis = -1): Tensor {
    return new Tensor(contraction.argReduce('argMin', this.node, axis));
  }
  /**
   * e^xᵢ / Σ e^xⱼ along `axis`, without overflow: of 1e4 as of 1. NaN where all are −∞.
   *
   * @throws DataTypeError unless floating-point, ShapeError for an axis that does not exist.
   */
  softmax(axis = -1): Tensor {
    const exponentials = this.#belowGreatest('softmax', axis).exp();
    return exponentials.div(exponentials.sum(axis, { keepDims: true }));
  }
  /** ln softmax(x) along `axis`, accurate where the softmax would round to 0. Throws as it does. */
  logSoftmax(axis = -1): Tensor {
    const shifted = this.#belowGreatest('logSoftmax', axis);
    return shifted.sub(shifted.exp().sum(axis, { keepDims: true }).log());
  }
  /** The matrix product over the last two axes; leading axes broadcast. */
  matMul(other: TensorLike): Tensor {
    return new Tensor(contraction.matMul(this.node, nodeOf(other, this.dtype)));
  }
  /** The slices along `axis` that int32 `indices` name; out of range gives NaN (0 for integers). */
  gather(indices: TensorLike, axis = 0): Tensor {
    return new Tensor(contraction.gather(this.node, nodeOf(indices, 'int32'), axis));
  }

  /** The same values, through which no gradient flows. */
  stopGradient(): Tensor {
    return new Tensor(new GraphNode('stopGradient', [this.node], {}, this.shape, this.dtype));
  }

  protected override wrap(node: GraphNode): Tensor {
    return node === this.node ? this : new Tensor(node);
  }

  /** How many elements each result of a floating-point reduction is made of. */
  #count(operation: string, axes: Axes | undefined): number {
    assertFloating(operation, this.dtype);
    const reduced = normalizeAxes(operation, axes, this.rank);
    return sizeOf(reduced.map((axis) => this.shape[axis]!));
  }

  #variance(operation: string, axes: Axes | undefined, options: VarianceOptions): Tensor {
    checkOptionNames(operation, options, ['correction', 'keepDims']);
    const { correction = 0, keepDims } = options;
    if (!(correction >= 0)) {
      throw new ArgumentError(`${operation}: correction must not be negative, got ${correction}.`);
    }
    const divisor = Math.max(0, this.#count(operation, axes) - correction);
    const distances = this.sub(this.mean(axes, { keepDims: true }));
    return distances.square().sum(axes, { keepDims }).div(divisor);
  }

  /** x less the greatest along `axis`, so that exponentials do not overflow. */
  #belowGreatest(operation: string, axis: number): Tensor {
    assertFloating(operation, this.dtype);
    const along = normalizeAxis(operation, axis, this.rank);
    if (this.shape[along] === 0) return this;
    return this.sub(this.max(along, { keepDims: true }).stopGradient());
  }

  #reduce(
    operation: 'sum' | 'product' | 'max' | 'min',
    axes: Axes | undefined,
    options: ReductionOptions = {},
  ): Tensor {
    checkOptionNames(operation, options, ['keepDims']);
    const node = contraction.reduce(operation, this.node, axes);
    if (options.keepDims !== true) return this.wrap(node);
    const reduced = normalizeAxes(operation, axes, this.rank);
    const kept = this.shape.map((extent, axis) => (reduced.includes(axis) ? 1 : extent));
    return this.wrap(movement.reshape(node, kept));
  }
}

/** √s of a sum of squares; where it is 0, so is the gradient of whatever was squared. */
function rootOfSquares({ node, dtype }: Tensor): Tensor {
  const [zero, one] = [nodeOf(0, dtype), nodeOf(1, dtype)];
  const isZero = binary('equal', node, zero);
  return new Tensor(where(isZero, zero, unary('sqrt', where(isZero, one, node))));
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
