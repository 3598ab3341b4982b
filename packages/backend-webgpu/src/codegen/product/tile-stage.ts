import { Evaluator } from '../evaluator.js';
import type { ScratchPlace } from '../scratch.js';
import { Shader, type ShaderContext, type Stage } from '../shader.js';
import { typeOf } from '../types.js';
import { cutOf } from './cut.js';
import type { Product } from './product.js';
import { multiplyAdd, sumTypeOf } from './quads.js';
import { SharedOperand } from './shared-operand.js';
import { storeSums } from './store-sums.js';
import { extentsOf, tilesOf, type Tile } from './tile.js';

/** How a tiled product is computed. */
export interface TiledCut {
  readonly tile: Tile;
  /** How deep the parts of the operands are that a workgroup keeps in its memory. */
  readonly depth: number;
  /** Into how many parts the depth is cut, each for a workgroup of its own. */
  readonly parts: number;
}

/**
 * Each workgroup computes one tile of one batch, or of one part of its depth: it loads parts of both
 * operands into its memory, of which every invocation multiplies what it needs in registers.
 */
export function tileStage(
  context: ShaderContext,
  product: Product,
  { tile, depth, parts }: TiledCut,
  partial?: ScratchPlace,
): Stage {
  const { name, batches, rows, columns } = product;
  const { height, width } = extentsOf(tile);
  const invocations = tile.down * tile.across;
  const shader = new Shader(context);
  const { body } = shader;
  const cut = cutOf(body, product, height, width, parts);
  const y = body.let(`i32(local / ${tile.across}u)`, 'y');
  const x = body.let(`i32(local % ${tile.across}u)`, 'x');
  const left = new SharedOperand(shader, product, product.left, cut.batch, {
    ...{ takers: tile.down, elements: tile.rows, depth, invocations, start: cut.top },
  });
  const right = new SharedOperand(shader, product, product.right, cut.batch, {
    ...{ takers: tile.across, elements: tile.columns, depth, invocations, start: cut.side },
  });
  const sumType = sumTypeOf(product.dtype);
  const vectors = tile.columns / 4;
  const sums = Array.from({ length: tile.rows * vectors }, () =>
    body.variable(typeOf(sumType, 4), 'sum'),
  );

  const steps = Math.ceil(product.depth / parts / depth);
  const guarded = steps * parts * depth !== product.depth;
  const first = parts === 1 ? '0' : body.let(`${cut.part} * ${steps * depth}`, 'first');
  const step = body.name('step');
  body.nest(`for (var ${step} = 0; ${step} < ${steps}; ${step}++)`, (inner) => {
    const from = inner.let(`${first} + ${step} * ${depth}`, 'from');
    left.fill(inner, from, guarded);
    right.fill(inner, from, guarded);
    inner.emit('workgroupBarrier();');
    // Drivers unroll this as they like; the index of a vector is the same in all rounds.
    const four = inner.name('four');
    inner.nest(`for (var ${four} = 0; ${four} < ${depth / 4}; ${four}++)`, (deepest) => {
      multiplyAdd(
        deepest,
        sumType,
        left.take(deepest, y, four),
        right.take(deepest, x, four),
        sums,
      );
    });
    inner.emit('workgroupBarrier();');
  });

  const evaluator = new Evaluator(shader, product.rank);
  // Sums stay in registers while they grow; here a loop over them keeps long epilogues written once.
  const results = body.variable(
    `array<${typeOf(sumType, 4)}, ${sums.length}>`,
    'sums',
    `array(${sums.join(', ')})`,
  );
  const index = body.name('index');
  const edges = rows % height !== 0 || columns % width !== 0;
  evaluator.nest(`for (var ${index} = 0; ${index} < ${sums.length}; ${index}++)`, () => {
    const row = evaluator.block.let(`${index} / ${vectors}`, 'row');
    const four = (within: string, own: string, takers: number): string =>
      `(${within} / 4 * ${takers} + ${own}) * 4 + ${within} % 4`;
    storeSums(
      evaluator,
      shader,
      product,
      cut,
      {
        row: `${cut.top} + ${four(row, y, tile.down)}`,
        column: `${cut.side} + (${index} % ${vectors} * ${tile.across} + ${x}) * 4`,
        value: `${results}[${index}]`,
      },
      edges,
      partial,
    );
  });
  const workgroups = batches * parts * tilesOf(rows, columns, tile);
  return shader.finish(name, invocations, workgroups);
}
