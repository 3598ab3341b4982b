import { Evaluator } from '../evaluator.js';
import type { ScratchPlace } from '../scratch.js';
import { Shader, type ShaderContext, type Stage } from '../shader.js';
import { typeOf } from '../types.js';
import type { Block } from '../block.js';
import { cutOf } from './cut.js';
import type { Product, ProductOperand } from './product.js';
import { multiplyAdd, QuadLoader, sumTypeOf, type Quads } from './quads.js';
import { storeSums } from './store-sums.js';
import { tilesOf } from './tile.js';

/** How a product without workgroup memory for operands is computed. */
export interface DirectCut {
  /** Places of a workgroup, down and across. At each, four rows by four columns are computed. */
  readonly down: number;
  readonly across: number;
  /** So many invocations are at each place, and share the depth among them: a power of two. */
  readonly team: number;
  /** Into how many parts the depth is cut, each for workgroups of their own; one for teams. */
  readonly parts: number;
}

/**
 * Invocations load what they multiply straight from the buffers: for products so small that caches
 * hold them, where filling workgroup memory and waiting for it takes longest.
 */
export function directStage(
  context: ShaderContext,
  product: Product,
  { down, across, team, parts }: DirectCut,
  partial?: ScratchPlace,
): Stage {
  const { name, dtype, batches, rows, columns, depth } = product;
  const shader = new Shader(context);
  const { body } = shader;
  const places = down * across;
  const cut = cutOf(body, product, down * 4, across * 4, parts);
  // Neighbours read neighbouring depths if these lie side by side in both operands, else columns.
  const alongDepth = product.left.alongDepth && product.right.alongDepth;
  const [member, place] = alongDepth
    ? [`local % ${team}u`, `local / ${team}u`]
    : [`local / ${places}u`, `local % ${places}u`];
  const t = body.let(`i32(${member})`, 'member');
  const at = body.let(`i32(${place})`, 'place');
  const row = body.let(`${cut.top} + ${at} / ${across} * 4`, 'row');
  const column = body.let(`${cut.side} + ${at} % ${across} * 4`, 'column');
  const left = new DirectOperand(shader, product, product.left, cut.batch, row);
  const right = new DirectOperand(shader, product, product.right, cut.batch, column);
  const type = typeOf(sumTypeOf(dtype), 4);
  const sums = Array.from({ length: 4 }, () => body.variable(type, 'sum'));
  const k = body.name('k');
  const share = Math.ceil(depth / parts / 4) * 4;
  const first = parts === 1 ? `${t} * 4` : body.let(`${cut.part} * ${share}`, 'first');
  const end = parts === 1 ? depth : body.let(`min(${first} + ${share}, ${depth})`, 'end');
  body.nest(`for (var ${k} = ${first}; ${k} < ${end}; ${k} += ${team * 4})`, (inner) => {
    multiplyAdd(inner, sumTypeOf(dtype), left.take(inner, k), right.take(inner, k), sums);
  });

  const evaluator = new Evaluator(shader, product.rank);
  const edges = rows % (down * 4) !== 0 || columns % (across * 4) !== 0;
  const line = body.name('line');
  const store = (value: string): void => {
    const four = { row: `${row} + ${line}`, column, value };
    storeSums(evaluator, shader, product, cut, four, edges, partial);
  };
  if (team === 1) {
    const results = body.variable(`array<${type}, 4>`, 'sums', `array(${sums.join(', ')})`);
    evaluator.nest(`for (var ${line} = 0; ${line} < 4; ${line}++)`, () =>
      store(`${results}[${line}]`),
    );
  } else {
    const size = places * team;
    const shared = shader.declare(
      'sums',
      (memory) => `var<workgroup> ${memory}: array<array<${type}, ${size}>, 4>;`,
    );
    const own = body.let(`${t} * ${places} + ${at}`, 'own');
    sums.forEach((sum, index) => body.emit(`${shared}[${index}][${own}] = ${sum};`));
    body.emit('workgroupBarrier();');
    evaluator.nest(`for (var ${line} = ${t}; ${line} < 4; ${line} += ${team})`, () => {
      const { block } = evaluator;
      const total = block.variable(type, 'total');
      const other = block.name('other');
      block.nest(
        `for (var ${other} = ${at}; ${other} < ${size}; ${other} += ${places})`,
        (inner) => {
          inner.emit(`${total} += ${shared}[${line}][${other}];`);
        },
      );
      store(total);
    });
  }
  const tile = { down, across, rows: 4, columns: 4 };
  return shader.finish(name, places * team, batches * parts * tilesOf(rows, columns, tile));
}

/** Four rows of the left matrix, or columns of the right, as one invocation loads them. */
class DirectOperand {
  readonly #product: Product;
  readonly #alongDepth: boolean;
  readonly #loaders: readonly QuadLoader[];

  constructor(
    shader: Shader,
    product: Product,
    operand: ProductOperand,
    batch: string,
    position: string,
  ) {
    const { body } = shader;
    this.#product = product;
    this.#alongDepth = operand.alongDepth;
    this.#loaders = Array.from({ length: operand.alongDepth ? 4 : 1 }, (_, index) => {
      const at = body.let(`${position} + ${index}`, 'position');
      return new QuadLoader(shader, body, product, operand, batch, at);
    });
  }

  /** Loads four depths from `depth` on, which is less than that of the product. */
  take(block: Block, depth: string): Quads {
    const { dtype, depth: total } = this.#product;
    const guarded = total % 4 !== 0;
    const convert = dtype === 'float16' ? typeOf(sumTypeOf(dtype), 4) : '';
    const named = (code: string): string => block.let(`${convert}(${code})`, 'a');
    const alongDepth = this.#alongDepth;
    const names = alongDepth
      ? this.#loaders.map((loader) => named(loader.load(block, depth, guarded)))
      : [0, 1, 2, 3].map((step) =>
          named(this.#loaders[0]!.load(block, block.let(`${depth} + ${step}`, 'k'), guarded)),
        );
    return { alongDepth, names };
  }
}
