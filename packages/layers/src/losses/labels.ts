import {
  asTensor,
  DataTypeError,
  formatShape,
  isInteger,
  sameShape,
  ShapeError,
  type Tensor,
  type TensorLike,
} from '@gradus/core';

/** What the right answers are: the index of one class for each example, or a weight for each class. */
export type Target =
  | { readonly kind: 'classes'; readonly classes: Tensor }
  | { readonly kind: 'probabilities'; readonly probabilities: Tensor };

/**
 * Reads labels: integers shaped like `logits` without its last axis, as int32, or probabilities
 * (integers and bool as one-hot rows) shaped like `logits`, in its dtype.
 *
 * @param operation For messages.
 */
export function asTarget(operation: string, logits: Tensor, labels: TensorLike): Target {
  if (logits.rank === 0) {
    throw new ShapeError(`${operation}: logits need an axis of classes, got a scalar.`);
  }
  const given = asTensor(labels, isFlat(labels) && logits.rank > 1 ? 'int32' : undefined);
  if (sameShape(given.shape, logits.shape)) {
    return { kind: 'probabilities', probabilities: given.cast(logits.dtype) };
  }
  const examples = logits.shape.slice(0, -1);
  if (!sameShape(given.shape, examples)) {
    throw new ShapeError(
      `${operation}: for logits of shape ${formatShape(logits.shape)}, labels must be classes of ` +
        `shape ${formatShape(examples)} or probabilities of shape ${formatShape(logits.shape)}, ` +
        `got ${formatShape(given.shape)}.`,
    );
  }
  if (!isInteger(given.dtype)) {
    throw new DataTypeError(
      `${operation}: labels of shape ${formatShape(given.shape)} name classes and must be ` +
        `integers, got ${given.dtype}; cast them: labels.cast('int32').`,
    );
  }
  return { kind: 'classes', classes: given.cast('int32') };
}

/** A plain list of numbers is read as classes: nobody writes probabilities without nesting. */
function isFlat(labels: TensorLike): boolean {
  return Array.isArray(labels) && !Array.isArray(labels[0]);
}
