import {
  asTensor,
  DataTypeError,
  formatShape,
  isFloating,
  sameShape,
  ShapeError,
  type Tensor,
  type TensorLike,
} from '@gradus/core';

/** How messages call what a loss compares. */
export interface PairNames {
  readonly loss: string;
  /** `prediction` if not given. */
  readonly prediction?: string;
}

/**
 * Reads what is compared element by element. A broadcast of `[n]` against `[n, 1]` would be a silent
 * mistake: the shapes must be the same.
 */
export function asPair(
  prediction: TensorLike,
  target: TensorLike,
  { loss, prediction: name = 'prediction' }: PairNames,
): readonly [prediction: Tensor, target: Tensor] {
  const predicted = asTensor(prediction);
  checkScores(loss, name, predicted);
  const wanted = asTensor(target, predicted.dtype);
  if (!sameShape(predicted.shape, wanted.shape)) {
    const shape = formatShape(predicted.shape);
    const hint = predicted.size === wanted.size ? `; reshape one: target.reshape(${shape})` : '';
    throw new ShapeError(
      `${loss}: ${name} and target must have the same shape, ` +
        `got ${shape} and ${formatShape(wanted.shape)}${hint}.`,
    );
  }
  return [predicted, wanted];
}

/** Reads predicted and true numbers, which must be of one dtype. */
export function asNumbers(
  loss: string,
  prediction: TensorLike,
  target: TensorLike,
): readonly [prediction: Tensor, target: Tensor] {
  const [predicted, wanted] = asPair(prediction, target, { loss });
  if (wanted.dtype !== predicted.dtype) {
    throw new DataTypeError(
      `${loss}: target must be ${predicted.dtype} as prediction is, got ${wanted.dtype}; ` +
        `cast it: target.cast('${predicted.dtype}').`,
    );
  }
  return [predicted, wanted];
}

/** Throws unless `value`, which is to be differentiated, is floating-point. */
export function checkScores(loss: string, name: string, { dtype }: Tensor): void {
  if (isFloating(dtype)) return;
  throw new DataTypeError(
    `${loss}: ${name} must be floating-point, got ${dtype}; cast first: ${name}.cast('float32').`,
  );
}
