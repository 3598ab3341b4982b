import type { DataType } from '@gradus/core/backend';
import type { Block } from '../block.js';
import type { Shader } from '../shader.js';
import { typeOf } from '../types.js';
import type { LoadAtDepth, Product, ProductOperand } from './product.js';

/** The dtype in which products are summed. */
export function sumTypeOf(dtype: DataType): DataType {
  return dtype === 'float16' ? 'float32' : dtype;
}

/**
 * Loads four elements of an operand: of consecutive depths where those are neighbours in memory,
 * else of consecutive positions across.
 */
export class QuadLoader {
  readonly #product: Product;
  readonly #operand: ProductOperand;
  readonly #loads: readonly LoadAtDepth[];

  /** Prepares, in `block`, loads from `position` on, an i32 name of a multiple of four. */
  constructor(
    shader: Shader,
    block: Block,
    product: Product,
    operand: ProductOperand,
    batch: string,
    position: string,
  ) {
    this.#product = product;
    this.#operand = operand;
    const count = operand.alongDepth || operand.lanes === 4 ? 1 : 4;
    this.#loads = Array.from({ length: count }, (_, lane) =>
      operand.across(
        shader,
        block,
        batch,
        lane === 0 ? position : block.let(`${position} + ${lane}`, 'position'),
      ),
    );
  }

  /**
   * WGSL of the four at `depth`, an i32 name.
   *
   * @param guarded Whether depths may lie beyond the product; elements there are zero.
   */
  load(block: Block, depth: string, guarded: boolean): string {
    const { dtype, depth: total } = this.#product;
    const { alongDepth, lanes = 1 } = this.#operand;
    const type = typeOf(dtype, 4);
    const single = alongDepth && lanes === 1;
    const select = (code: string, at: string, of: string): string =>
      guarded ? `select(${of}(), ${code}, ${at} < ${total})` : code;
    if (single) {
      const each = [0, 1, 2, 3].map((lane) => {
        const at = lane === 0 ? depth : block.let(`${depth} + ${lane}`, 'k');
        return select(this.#loads[0]!(block, at), at, typeOf(dtype, 1));
      });
      return `${type}(${each.join(', ')})`;
    }
    const loaded = this.#loads.map((load) => load(block, depth));
    return select(loaded.length === 1 ? loaded[0]! : `${type}(${loaded.join(', ')})`, depth, type);
  }
}

/** Elements of an operand at four consecutive depths, in registers and in the dtype of the sums. */
export interface Quads {
  readonly alongDepth: boolean;
  /**
   * Names of vectors: where neighbours lie along the depth, one an element across; else all of those
   * of a depth, then of the next.
   */
  readonly names: readonly string[];
}

const components = 'xyzw';

/** The element number `across` at one of the four depths. */
function element({ alongDepth, names }: Quads, depth: number, across: number): string {
  return alongDepth
    ? `${names[across]!}.${components[depth]!}`
    : `${names[(depth * names.length) / 4 + (across >> 2)]!}.${components[across & 3]!}`;
}

/** Adds the products of four depths to `sums`: vectors of four columns, all of a row first. */
export function multiplyAdd(
  block: Block,
  dtype: DataType,
  left: Quads,
  right: Quads,
  sums: readonly string[],
): void {
  const type = typeOf(dtype, 4);
  const vectors = right.names.length / 4;
  const floating = dtype === 'float32';
  for (let depth = 0; depth < 4; depth++) {
    const row = Array.from({ length: vectors }, (_, vector) => {
      if (!right.alongDepth) return right.names[depth * vectors + vector]!;
      const each = [0, 1, 2, 3].map((lane) => element(right, depth, vector * 4 + lane));
      return block.let(`${type}(${each.join(', ')})`, 'b');
    });
    sums.forEach((sum, index) => {
      const a = element(left, depth, Math.floor(index / vectors));
      const b = row[index % vectors]!;
      block.emit(
        floating ? `${sum} = fma(${type}(${a}), ${b}, ${sum});` : `${sum} += ${a} * ${b};`,
      );
    });
  }
}
