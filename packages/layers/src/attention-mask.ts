import {
  asTensor,
  DataTypeError,
  formatShape,
  iota,
  ShapeError,
  type Shape,
  type Tensor,
  type TensorLike,
} from '@gradus/core';

/** The extents of attention's scores. */
type ScoreShape = readonly [batch: number, heads: number, queries: number, keys: number];

/**
 * Which query may look at which key, broadcastable to the scores: where the given mask says so and,
 * with `causal`, at its own position and earlier ones. Undefined where nothing is masked.
 *
 * @throws DataTypeError and ShapeError in the name of `layer` when the mask does not fit.
 */
export function attentionMask(
  layer: string,
  shape: ScoreShape,
  options: { readonly given: TensorLike | undefined; readonly causal: boolean },
): Tensor | undefined {
  const given = options.given === undefined ? undefined : asTensor(options.given);
  const mask = given === undefined ? undefined : aligned(layer, given, shape);
  if (!options.causal) return mask;
  const earlier = causalMask(layer, shape);
  return mask === undefined ? earlier : mask.and(earlier);
}

function causalMask(layer: string, [, , queries, keys]: ScoreShape): Tensor {
  if (queries !== keys) {
    throw new ShapeError(
      `${layer}: with causal expected as many keys as queries, got ${queries} queries and ${keys} keys; ` +
        `pass a mask to a layer without causal instead.`,
    );
  }
  return iota([1, keys], 1).lessEqual(iota([queries, 1]));
}

/** A mask with axes for batch and heads, or neither. */
function aligned(layer: string, mask: Tensor, shape: ScoreShape): Tensor {
  if (mask.dtype !== 'bool') {
    throw new DataTypeError(
      `${layer}: expected a bool mask, true where a query may look at a key, got ${mask.dtype}; ` +
        `compare it: mask.notEqual(0).`,
    );
  }
  const [batch, , queries, keys] = shape;
  const accepted: Shape[] = [[queries, keys], [batch, queries, keys], shape];
  const fits = accepted[mask.rank - 2]?.every((extent, axis) => {
    const given = mask.shape[axis];
    return given === extent || given === 1;
  });
  if (fits !== true) {
    throw new ShapeError(
      `${layer}: expected mask to be ${accepted.map(formatShape).join(', ')} or 1 in places of these, ` +
        `got ${formatShape(mask.shape)}.`,
    );
  }
  return mask.rank === 3 ? mask.expandDims(1) : mask;
}
