import type { Evaluator } from '../evaluator.js';
import type { ScratchPlace } from '../scratch.js';
import type { Shader } from '../shader.js';
import { typeOf } from '../types.js';
import type { Cut } from './cut.js';
import type { Product } from './product.js';

/** Four sums side by side: i32 expressions, and that of the vector. */
export interface FourSums {
  readonly row: string;
  readonly column: string;
  readonly value: string;
}

/**
 * Stores four sums in the innermost block, except those beyond the matrix.
 *
 * @param guarded Whether there may be any.
 * @param partial Where to keep sums of a part of the depth: part by part, each as the product would
 *   be. If not given they are the product's.
 */
export function storeSums(
  evaluator: Evaluator,
  shader: Shader,
  product: Product,
  { batch, part }: Cut,
  sums: FourSums,
  guarded: boolean,
  partial?: ScratchPlace,
): void {
  const { batches, rows, columns, dtype } = product;
  const { block } = evaluator;
  const row = block.let(sums.row, 'row');
  const first = block.let(sums.column, 'column');
  const value = block.let(sums.value, 'sums');
  const lanes = partial === undefined ? (product.lanes ?? 1) : columns % 4 === 0 ? 4 : 1;
  const store = (column: string, code: string): void => {
    if (partial !== undefined) {
      const line = `(${part} * ${batches} + ${batch}) * ${rows} + ${row}`;
      const { block: inner } = evaluator;
      inner.emit(shader.store(partial, `(${line}) * ${columns} + ${column}`, code, lanes));
      return;
    }
    const result = dtype === 'float16' ? `${typeOf(dtype, lanes)}(${code})` : code;
    const name = evaluator.block.let(result, 'sum');
    product.store(evaluator, shader, { batch, row, column, value: name });
  };
  const guard = (condition: string, build: () => void): void => {
    if (guarded) evaluator.nest(`if (${condition})`, build);
    else build();
  };
  if (lanes === 4) {
    guard(`${row} < ${rows} && ${first} < ${columns}`, () => store(first, value));
    return;
  }
  guard(`${row} < ${rows}`, () => {
    const lane = evaluator.block.name('lane');
    const count = guarded ? `min(4, ${columns} - ${first})` : '4';
    evaluator.nest(`for (var ${lane} = 0; ${lane} < ${count}; ${lane}++)`, () => {
      store(evaluator.block.let(`${first} + ${lane}`, 'column'), `${value}[${lane}]`);
    });
  });
}
