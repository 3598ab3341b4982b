import {
  asTensor,
  DataTypeError,
  formatShape,
  iota,
  isInteger,
  sameShape,
  ShapeError,
  where,
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
  checkClassAxis(operation, logits);
  const given = readLabels(logits, labels);
  if (sameShape(given.shape, logits.shape)) {
    return { kind: 'probabilities', probabilities: given.cast(logits.dtype) };
  }
  const alternative = ` or probabilities of shape ${formatShape(logits.shape)}`;
  return { kind: 'classes', classes: checkedClasses(operation, logits, given, alternative) };
}

/** Reads labels that must be integers shaped like `logits` without its last axis, as int32. */
export function asClasses(operation: string, logits: Tensor, labels: TensorLike): Tensor {
  checkClassAxis(operation, logits);
  return checkedClasses(operation, logits, readLabels(logits, labels), '');
}

/** The class of each example: of probabilities the most likely one. */
export function mostLikely(target: Target): Tensor {
  return target.kind === 'classes' ? target.classes : target.probabilities.argMax();
}

/** Which of `count` classes is that of each example, as bool with a last axis of classes. */
export function isLabel(classes: Tensor, count: number): Tensor {
  return classes.expandDims(-1).equal(iota([count]));
}

/** Whether there is a class of such a number, as bool. */
export function isClass(classes: Tensor, count: number): Tensor {
  return classes.greaterEqual(0).and(classes.less(count));
}

/** `losses` where there is such a class and NaN elsewhere: an index on a device cannot throw. */
export function whereClassExists(classes: Tensor, count: number, losses: Tensor): Tensor {
  return where(isClass(classes, count), losses, NaN);
}

function checkClassAxis(operation: string, { rank, shape }: Tensor): void {
  if (rank > 0 && shape.at(-1)! > 0) return;
  const given = rank === 0 ? 'a scalar' : formatShape(shape);
  throw new ShapeError(`${operation}: logits need an axis of classes, got ${given}.`);
}

/** A plain list of numbers is read as classes: nobody writes probabilities without nesting. */
function readLabels(logits: Tensor, labels: TensorLike): Tensor {
  const isFlat = Array.isArray(labels) && !Array.isArray(labels[0]);
  return asTensor(labels, isFlat && logits.rank > 1 ? 'int32' : undefined);
}

function checkedClasses(
  operation: string,
  logits: Tensor,
  labels: Tensor,
  alternative: string,
): Tensor {
  const examples = logits.shape.slice(0, -1);
  if (!sameShape(labels.shape, examples)) {
    throw new ShapeError(
      `${operation}: for logits of shape ${formatShape(logits.shape)}, labels must be classes of ` +
        `shape ${formatShape(examples)}${alternative}, got ${formatShape(labels.shape)}.`,
    );
  }
  if (!isInteger(labels.dtype)) {
    throw new DataTypeError(
      `${operation}: labels of shape ${formatShape(labels.shape)} name classes and must be ` +
        `integers, got ${labels.dtype}; cast them: labels.cast('int32').`,
    );
  }
  return labels.cast('int32');
}
