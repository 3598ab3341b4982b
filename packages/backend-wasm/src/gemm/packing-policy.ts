import {
  i32,
  select,
  type Expression,
  type FunctionBody,
  type Variable,
} from '../assembler/index.js';

/** Where walking down the depth touches more bytes than this, it misses the caches. */
const spreadBytes = 2 ** 19;

/** What decides about packing: strides in bytes, extents in elements. */
export interface ProductShape {
  readonly rows: Expression<'i32'>;
  readonly columns: Expression<'i32'>;
  /** How much depth is used at a time; not 0. */
  readonly depthStep: Expression<'i32'>;
  readonly leftColumnStride: Expression<'i32'>;
  readonly rightRowStride: Expression<'i32'>;
  readonly rightColumnStride: Expression<'i32'>;
}

/**
 * Whether operands are worth packing. Each packed element costs about as much as two to three
 * multiplications of a vector, so an operand must be used often for it to pay; the kernels also
 * read operands where they are, as fast as long as that is dense memory. (Measured: at 32³ packing
 * both costs 6%, at 256 × 8 × 256 a third; not packing a 1024² right operand costs half.)
 */
export function choosePacking(
  body: FunctionBody,
  shape: ProductShape,
): Record<'left' | 'right', Variable<'i32'>> {
  const reach = body.let(i32.div_u(i32.const(spreadBytes), shape.depthStep), 'reach');
  const isSpread = (stride: Expression<'i32'>): Expression<'i32'> => i32.gt_u(stride, reach);
  const alongDepth = i32.eq(shape.leftColumnStride, 4);
  const fewColumns = select(i32.const(128), i32.const(32), alongDepth);
  const leftIsSpread = i32.and(i32.eqz(alongDepth), isSpread(shape.leftColumnStride));
  // Tile kernels load whole vectors of the right operand.
  const mustPackRight = i32.ne(shape.rightColumnStride, 4);
  const usedOften = i32.and(i32.gt_s(shape.rows, 3), isSpread(shape.rightRowStride));
  const rightPays = i32.or(i32.gt_s(shape.rows, 64), usedOften);
  return {
    left: body.let(i32.or(i32.gt_s(shape.columns, fewColumns), leftIsSpread), 'packsLeft'),
    right: body.let(i32.or(mustPackRight, rightPays), 'packsRight'),
  };
}
