import { isFloating } from '@gradus/core/backend';
import type { Block } from '../block.js';
import { Evaluator } from '../evaluator.js';
import type { ScratchPlace } from '../scratch.js';
import { Shader, workgroupIndex, type ShaderContext, type Stage } from '../shader.js';
import { typeOf } from '../types.js';
import type { LoadAtDepth, Product, ProductOperand } from './product.js';
import { chooseParts, chooseTile, type Tile } from './tile.js';

/** A product, in two stages where it is cut along its depth. */
export function productStages(context: ShaderContext, product: Product): Stage[] {
  const { batches, rows, columns, depth, dtype } = product;
  const elements = batches * rows * columns;
  if (elements === 0) return [];
  const tile = chooseTile(rows, columns);
  const parts = chooseParts(batches * tilesOf(product, tile), depth);
  if (parts === 1) return [tileStage(context, product, tile, 1)];
  const partial = context.scratch.reserve(dtype, elements * parts);
  return [
    tileStage(context, product, tile, parts, partial),
    combineStage(context, product, parts, partial),
  ];
}

function tilesOf({ rows, columns }: Product, tile: Tile): number {
  return (
    Math.ceil(rows / (tile.down * tile.rows)) * Math.ceil(columns / (tile.across * tile.columns))
  );
}

/** Each workgroup computes one tile of one batch, or of one part of its depth. */
function tileStage(
  context: ShaderContext,
  product: Product,
  tile: Tile,
  parts: number,
  partial?: ScratchPlace,
): Stage {
  const { name, dtype, batches, rows, columns } = product;
  const [height, width] = [tile.down * tile.rows, tile.across * tile.columns];
  const tilesAcross = Math.ceil(columns / width);
  const tiles = tilesOf(product, tile);
  const shader = new Shader(context);
  const { body } = shader;
  const type = typeOf(dtype, 1);
  const evaluator = new Evaluator(shader, product.rank);
  const group = body.let(`i32(${workgroupIndex})`, 'group');
  const place = body.let(`${group} % ${tiles}`, 'place');
  const rest = body.let(`${group} / ${tiles}`, 'rest');
  const part = parts === 1 ? '0' : body.let(`${rest} % ${parts}`, 'part');
  const batch = body.let(parts === 1 ? rest : `${rest} / ${parts}`, 'batch');
  const top = body.let(`(${place} / ${tilesAcross}) * ${height}`, 'top');
  const side = body.let(`(${place} % ${tilesAcross}) * ${width}`, 'side');
  const y = body.let(`i32(local / ${tile.across}u)`, 'y');
  const x = body.let(`i32(local % ${tile.across}u)`, 'x');

  const steps = Math.ceil(Math.ceil(product.depth / parts) / tile.depth);
  const first = parts === 1 ? '0' : body.let(`${part} * ${steps * tile.depth}`, 'first');
  const left = new SharedOperand(shader, product, product.left, tile, height, batch, top);
  const right = new SharedOperand(shader, product, product.right, tile, width, batch, side);
  const sums = Array.from({ length: tile.rows }, () =>
    Array.from({ length: tile.columns }, () => body.variable(type, 'sum')),
  );
  const step = body.name('step');
  body.nest(`for (var ${step} = 0; ${step} < ${steps}; ${step}++)`, (inner) => {
    const from = inner.let(`${first} + ${step} * ${tile.depth}`, 'from');
    left.fill(inner, from);
    right.fill(inner, from);
    inner.emit('workgroupBarrier();');
    const at = inner.name('at');
    inner.nest(`for (var ${at} = 0; ${at} < ${tile.depth}; ${at}++)`, (deepest) => {
      const column = left.elements(deepest, at, y, tile.rows);
      const row = right.elements(deepest, at, x, tile.columns);
      sums.forEach((list, i) => {
        list.forEach((sum, j) => {
          deepest.emit(
            isFloating(dtype)
              ? `${sum} = fma(${column[i]!}, ${row[j]!}, ${sum});`
              : `${sum} += ${column[i]!} * ${row[j]!};`,
          );
        });
      });
    });
    inner.emit('workgroupBarrier();');
  });

  sums.forEach((list, i) => {
    const row = body.let(`${top} + ${y} * ${tile.rows} + ${i}`, 'row');
    list.forEach((value, j) => {
      const column = body.let(`${side} + ${x} * ${tile.columns} + ${j}`, 'column');
      evaluator.nest(
        `if (${row} < ${rows} && ${column} < ${columns} && ${batch} < ${batches})`,
        () => {
          const { block } = evaluator;
          if (partial === undefined)
            product.store(evaluator, shader, { batch, row, column, value });
          else {
            const index = `((${part} * ${batches} + ${batch}) * ${rows} + ${row}) * ${columns} + ${column}`;
            block.emit(shader.store(partial, index, value, 1));
          }
        },
      );
    });
  });
  return shader.finish(name, tile.down * tile.across, batches * tiles * parts);
}

/** The part of an operand that a workgroup keeps in its memory, by depth. */
class SharedOperand {
  readonly #product: Product;
  readonly #operand: ProductOperand;
  readonly #extent: number;
  readonly #memory: string;
  /** Of each round of loads: where it goes, and what it loads. */
  readonly #loads: { readonly across: string; readonly depth: string; load: LoadAtDepth }[] = [];

  /** Prepares, in front of the loop over the depth, the loads of this invocation. */
  constructor(
    shader: Shader,
    product: Product,
    operand: ProductOperand,
    tile: Tile,
    extent: number,
    batch: string,
    start: string,
  ) {
    this.#product = product;
    this.#operand = operand;
    this.#extent = extent;
    const type = typeOf(product.dtype, 1);
    this.#memory = shader.declare(
      'tile',
      (name) => `var<workgroup> ${name}: array<${type}, ${extent * tile.depth}>;`,
    );
    const { body } = shader;
    const invocations = tile.down * tile.across;
    for (let round = 0; round * invocations < extent * tile.depth; round++) {
      const element = body.let(`i32(local) + ${round * invocations}`, 'e');
      const [across, depth] = this.#operand.alongDepth
        ? [`${element} / ${tile.depth}`, `${element} % ${tile.depth}`]
        : [`${element} % ${extent}`, `${element} / ${extent}`];
      const acrossName = body.let(across, 'across');
      const position = body.let(`${start} + ${acrossName}`, 'position');
      this.#loads.push({
        across: acrossName,
        depth: body.let(depth, 'depth'),
        load: this.#operand.across(shader, body, batch, position),
      });
    }
  }

  /** Loads the part whose depths begin at `from`. */
  fill(block: Block, from: string): void {
    const { depth: total, dtype } = this.#product;
    for (const { across, depth, load } of this.#loads) {
      const at = block.let(`${from} + ${depth}`, 'k');
      const value = load(block, at);
      block.emit(
        `${this.#memory}[${depth} * ${this.#extent} + ${across}] = select(${typeOf(dtype, 1)}(), ${value}, ${at} < ${total});`,
      );
    }
  }

  /** `count` elements at a depth within the part, those of invocation number `at` across. */
  elements(block: Block, depth: string, at: string, count: number): string[] {
    const start = block.let(`${depth} * ${this.#extent} + ${at} * ${count}`, 'start');
    return Array.from({ length: count }, (_, index) =>
      block.let(`${this.#memory}[${start} + ${index}]`, 'x'),
    );
  }
}

/** Sums the parts, and stores the outputs. */
function combineStage(
  context: ShaderContext,
  product: Product,
  parts: number,
  partial: ScratchPlace,
): Stage {
  const { name, dtype, batches, rows, columns } = product;
  const elements = batches * rows * columns;
  const shader = new Shader(context);
  const { body } = shader;
  const evaluator = new Evaluator(shader, product.rank);
  const position = body.let(`i32(${workgroupIndex} * 64u + local)`, 'p');
  body.emit(`if (${position} >= ${elements}) { return; }`);
  const value = body.variable(typeOf(dtype, 1), 'sum');
  const part = body.name('part');
  body.nest(`for (var ${part} = 0; ${part} < ${parts}; ${part}++)`, (inner) => {
    inner.emit(`${value} += ${shader.load(partial, `${part} * ${elements} + ${position}`, 1)};`);
  });
  const line = body.let(`${position} / ${columns}`, 'line');
  const column = body.let(`${position} - ${line} * ${columns}`, 'column');
  const batch = body.let(`${line} / ${rows}`, 'batch');
  const row = body.let(`${line} - ${batch} * ${rows}`, 'row');
  product.store(evaluator, shader, { batch, row, column, value });
  return shader.finish(`${name} (parts)`, 64, Math.ceil(elements / 64));
}
