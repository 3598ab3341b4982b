import { concat, ones, type Shape, type Tensor } from '@gradus/core';
import { none, type RuleTable, type Step } from './rule.js';

/** The rules of reductions; elements tied for `max` or `min` share the gradient equally. */
export const reductionRules = {
  sum: [(dy, { attributes: { axes } }, x) => spread(dy, axes, x.shape)],
  product: [
    (dy, { attributes: { axes } }, x) => spread(dy, axes, x.shape).mul(productOfOthers(x, axes)),
  ],
  max: [shareAmongTied],
  min: [shareAmongTied],
  argMax: none,
  argMin: none,
} satisfies Partial<RuleTable>;

/** What a reduction left of `shape`, repeated along the axes that it removed. */
function spread(reduced: Tensor, axes: readonly number[], shape: Shape): Tensor {
  const kept = shape.map((extent, axis) => (axes.includes(axis) ? 1 : extent));
  return reduced.reshape(kept).broadcastTo(shape);
}

function shareAmongTied(
  dy: Tensor,
  { output, attributes }: Step<'max' | 'min'>,
  x: Tensor,
): Tensor {
  const { axes } = attributes;
  const tied = x.equal(spread(output, axes, x.shape)).cast(x.dtype);
  return spread(dy.div(tied.sum(axes)), axes, x.shape).mul(tied);
}

/** For each element the product of all others along `axes`: no division, so zeros do no harm. */
function productOfOthers(x: Tensor, axes: readonly number[]): Tensor {
  const kept = x.shape.map((_, axis) => axis).filter((axis) => !axes.includes(axis));
  const order = [...kept, ...axes];
  const moved = x.transpose(order);
  const rows = x.shape.filter((_, axis) => !axes.includes(axis)).reduce((a, b) => a * b, 1);
  const columns = axes.reduce((count, axis) => count * x.shape[axis]!, 1);
  const others = productOfOtherColumns(moved.reshape([rows, columns])).reshape(moved.shape);
  return others.transpose(order.map((_, axis) => order.indexOf(axis)));
}

/**
 * By halves: an element's others are its partner in the other half and the others of their product.
 * The recursion is as deep as the logarithm of the number of columns.
 */
function productOfOtherColumns(x: Tensor): Tensor {
  const [rows, columns] = x.shape as [number, number];
  if (columns < 2) return ones(x.shape, x.dtype);
  const half = Math.ceil(columns / 2);
  const left = x.slice([0, 0], [rows, half]);
  const right = x.slice([0, half], [rows, columns - half]).pad([0, 0], [0, 2 * half - columns], 1);
  const others = productOfOtherColumns(left.mul(right));
  return concat([others.mul(right), others.mul(left)], 1).slice([0, 0], [rows, columns]);
}
