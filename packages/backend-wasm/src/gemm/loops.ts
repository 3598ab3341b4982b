import { i32, type Expression, type FunctionBody, type Variable } from '../assembler/index.js';

/** A local with the lesser of two signed integers. */
export function minimum(
  body: FunctionBody,
  a: Expression<'i32'>,
  b: Expression<'i32'>,
  name: string,
): Variable<'i32'> {
  const least = body.let(a, name);
  body.if(i32.gt_s(least, b), () => body.set(least, b));
  return least;
}

/**
 * The size of blocks that cover `total`: as few as possible, up to `limit` long and almost equally
 * long, so that none is tiny. A multiple of `multiple`, a power of two that divides `limit`.
 */
export function evenStep(
  body: FunctionBody,
  total: Expression<'i32'>,
  limit: number,
  multiple: number,
): Variable<'i32'> {
  const blocks = body.let(i32.div_u(i32.add(total, limit - 1), limit), 'blocks');
  const step = body.let(i32.const(multiple), 'step');
  body.if(blocks, () => {
    const size = i32.div_u(i32.add(total, i32.sub(blocks, 1)), blocks);
    body.set(step, i32.and(i32.add(size, multiple - 1), -multiple));
  });
  return step;
}

/** Runs what `build` writes for each block of `step` (the last may be smaller) of a range. */
export function forBlocks(
  body: FunctionBody,
  range: { readonly from: Expression<'i32'>; readonly to: Expression<'i32'> },
  step: Expression<'i32'>,
  build: (start: Variable<'i32'>, size: Variable<'i32'>) => void,
): void {
  const end = body.let(range.to, 'end');
  body.for({ from: range.from, to: end, step }, (start) =>
    build(start, minimum(body, i32.sub(end, start), step, 'size')),
  );
}
