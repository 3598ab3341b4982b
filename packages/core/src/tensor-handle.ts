import type { DataType, TypedArray } from './dtype.js';
import { DisposedError, ShapeError } from './errors.js';
import { elementAt } from './elements.js';
import { formatTensor } from './format.js';
import type { GraphNode } from './graph/node.js';
import { coreInstance, handleBrand, type GraphHandle } from './handle.js';
import { realizeIfLong, readNode, readNodeSync } from './runtime/realize.js';
import { reading } from './runtime/trace.js';
import { formatShape, sizeOf, type Shape } from './shape.js';
import type { NestedArray } from './tensor-like.js';

/** What a tensor is before one computes with it: a place in the graph, values, a lifetime. */
export class TensorHandle implements GraphHandle {
  /** Marks handles across copies of this package. */
  readonly [handleBrand] = coreInstance;
  readonly #node: GraphNode;
  #disposed = false;

  /** Wraps a graph node; `tensor()` is how values become tensors. */
  constructor(node: GraphNode) {
    this.#node = node;
    realizeIfLong(node);
  }

  /** The node of the graph that computes this tensor. Throws `DisposedError` after `dispose()`. */
  get node(): GraphNode {
    if (this.#disposed) {
      throw new DisposedError(
        `A ${this.dtype} tensor of shape ${formatShape(this.shape)} is used after dispose().`,
      );
    }
    return this.#node;
  }

  /** Extents, outermost first; `[]` for a scalar. */
  get shape(): Shape {
    return this.#node.shape;
  }

  /** The type of the elements. */
  get dtype(): DataType {
    return this.#node.dtype;
  }

  /** The number of axes. */
  get rank(): number {
    return this.shape.length;
  }

  /** The number of elements. */
  get size(): number {
    return sizeOf(this.shape);
  }

  /**
   * Computes and copies the values in row-major order, as the dtype's typed array (bool as 0 and
   * 1 in a `Uint8Array`, float16 as raw bits in a `Uint16Array`).
   */
  data(): Promise<TypedArray> {
    return reading(async () => readNode(this.node));
  }

  /** `data()` before returning, on devices whose memory is the host's; throws `DeviceError` on others. */
  dataSync(): TypedArray {
    return reading(() => readNodeSync(this.node));
  }

  /** The only element of a tensor of size 1. Throws `ShapeError` for others. */
  item(): Promise<number> {
    return reading(async () => {
      if (this.size === 1) return elementAt(this.dtype, await this.data(), 0);
      throw new ShapeError(
        `item: needs a tensor with one element, got ${formatShape(this.shape)}.`,
      );
    });
  }

  /** The values as nested arrays; a number for a scalar; booleans for bool. */
  toArray(): Promise<NestedArray> {
    return reading(async () => this.#nested(await this.data()));
  }

  #nested(values: TypedArray): NestedArray {
    const isBool = this.dtype === 'bool';
    const build = (axis: number, offset: number, span: number): NestedArray => {
      if (axis === this.rank) {
        const element = elementAt(this.dtype, values, offset);
        return isBool ? element !== 0 : element;
      }
      const extent = this.shape[axis]!;
      const inner = span / Math.max(extent, 1);
      return Array.from({ length: extent }, (_, i) => build(axis + 1, offset + i * inner, inner));
    };
    return build(0, 0, this.size);
  }

  /**
   * Lets go of the values early; otherwise the garbage collector does. Later use of this tensor,
   * and of unrealised tensors computed from it, throws `DisposedError`.
   */
  dispose(): void {
    this.#disposed = true;
    this.#node.storage?.dispose();
  }

  /** `using t = …` disposes at the end of the block. */
  [Symbol.dispose](): void {
    this.dispose();
  }

  /** dtype, shape and, once known on the host, the values, printed as NumPy would. */
  toString(): string {
    return formatTensor(this.#node, this.#disposed);
  }
}
