import type { Block } from '../block.js';
import type { Shader } from '../shader.js';
import { typeOf } from '../types.js';
import type { Product, ProductOperand } from './product.js';
import { QuadLoader, sumTypeOf, type Quads } from './quads.js';

/** What a workgroup keeps of an operand. */
export interface SharedPart {
  /** How many invocations share it out among them, and how many elements each of those takes. */
  readonly takers: number;
  readonly elements: number;
  readonly depth: number;
  /** All invocations of a workgroup. */
  readonly invocations: number;
  /** Where the part begins across the operand: an i32 name. */
  readonly start: string;
}

interface Load {
  readonly depth: string;
  readonly place: string;
  readonly loader: QuadLoader;
}

/**
 * The part of an operand that a workgroup keeps in its memory, as vectors along the direction in
 * which it lies in the buffer. Takers own every so-manieth four elements across, so that neighbours
 * read neighbouring vectors; where vectors lie along the depth, those of a taker lie together, one
 * vector of padding after them, so that takers read from different banks.
 */
export class SharedOperand {
  readonly #product: Product;
  readonly #operand: ProductOperand;
  readonly #part: SharedPart;
  readonly #memory: string;
  readonly #rounds: Load[] = [];

  /** Prepares, in front of the loop over the depth, the loads of this invocation. */
  constructor(
    shader: Shader,
    product: Product,
    operand: ProductOperand,
    batch: string,
    part: SharedPart,
  ) {
    this.#product = product;
    this.#operand = operand;
    this.#part = part;
    const { takers, elements, depth, invocations, start } = part;
    const [outer, inner] = operand.alongDepth
      ? [takers, (elements * depth) / 4 + 1]
      : [depth, (takers * elements) / 4];
    const type = typeOf(product.dtype, 4);
    this.#memory = shader.declare(
      'part',
      (name) => `var<workgroup> ${name}: array<array<${type}, ${inner}>, ${outer}>;`,
    );
    const { body } = shader;
    let known: { readonly across: string; readonly loader: QuadLoader } | undefined;
    for (let round = 0; round * invocations < this.#quads; round++) {
      const quad = round === 0 ? 'i32(local)' : `i32(local) + ${round * invocations}`;
      const name = body.let(quad, 'quad');
      const [along, count] = operand.alongDepth ? [depth / 4, 0] : [inner, invocations];
      const high = body.let(`${name} / ${along}`, 'high');
      const low = body.let(`${name} % ${along}`, 'low');
      // Rounds whose quads lie below one another share what follows from the position.
      const repeats = known !== undefined && count % along === 0 && count > 0;
      const across = operand.alongDepth ? high : `${low} * 4`;
      if (!repeats) {
        const position = body.let(`${start} + ${across}`, 'position');
        const loader = new QuadLoader(shader, body, product, operand, batch, position);
        known = { across, loader };
      }
      const depthAt = operand.alongDepth ? body.let(`${low} * 4`, 'depth') : high;
      const place = operand.alongDepth
        ? this.#placeAlongDepth(body, high, low)
        : `[${high}][${low}]`;
      this.#rounds.push({ depth: depthAt, place, loader: known!.loader });
    }
  }

  /** Loads the part whose depths begin at `from`. */
  fill(block: Block, from: string, guarded: boolean): void {
    const { invocations } = this.#part;
    this.#rounds.forEach(({ depth, place, loader }, round) => {
      const fill = (inner: Block): void => {
        const at = inner.let(`${from} + ${depth}`, 'k');
        inner.emit(`${this.#memory}${place} = ${loader.load(inner, at, guarded)};`);
      };
      const left = this.#quads - round * invocations;
      if (left < invocations) block.nest(`if (local < ${left}u)`, fill);
      else fill(block);
    });
  }

  /** What taker number `taker` needs of the depths number 4 · `four` and the three after it. */
  take(block: Block, taker: string, four: string): Quads {
    const { takers, elements, depth } = this.#part;
    const { alongDepth } = this.#operand;
    const type = typeOf(sumTypeOf(this.#product.dtype), 4);
    const vectors = elements / 4;
    const names = Array.from({ length: elements }, (_, index) => {
      const [step, vector] = [Math.floor(index / vectors), index % vectors];
      const place = alongDepth
        ? `[${taker}][${(index * depth) / 4} + ${four}]`
        : `[${four} * 4 + ${step}][${taker} + ${vector * takers}]`;
      const code = `${this.#memory}${place}`;
      return block.let(this.#product.dtype === 'float16' ? `${type}(${code})` : code, 'a');
    });
    return { alongDepth, names };
  }

  get #quads(): number {
    const { takers, elements, depth } = this.#part;
    return (takers * elements * depth) / 4;
  }

  /** Where the vector number `quad` along the depth is, of the element number `across`. */
  #placeAlongDepth(body: Block, across: string, quad: string): string {
    const { takers, depth } = this.#part;
    const four = body.let(`${across} / 4`, 'four');
    const element = `(${four} / ${takers}) * 4 + ${across} % 4`;
    const place = body.let(`(${element}) * ${depth / 4} + ${quad}`, 'place');
    return `[${body.let(`${four} % ${takers}`, 'taker')}][${place}]`;
  }
}
