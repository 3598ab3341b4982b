import { asTensor, type Axes, type ReductionOptions, type Tensor } from './tensor.js';
import type { TensorLike } from './tensor-like.js';
import { iota, stopGradient, where } from './operations.js';

/** ln Σ eˣ over `axes`, without overflow: m + ln Σ e^(x − m) with m the greatest x. */
export function logSumExp(x: TensorLike, axes?: Axes, options: ReductionOptions = {}): Tensor {
  const input = asTensor(x);
  const greatest = stopGradient(shiftOf(input.max(axes, { keepDims: true })));
  const total = input.sub(greatest).exp().sum(axes, { keepDims: true }).log().add(greatest);
  return options.keepDims === true ? total : total.reshape(input.sum(axes).shape);
}

/** An infinite maximum would make ∞ − ∞; unshifted, the formula is right by itself. */
function shiftOf(greatest: Tensor): Tensor {
  return where(greatest.abs().less(Infinity), greatest, 0);
}

/** e^xᵢ / Σ e^xⱼ along `axis`, without overflow. */
export function softmax(x: TensorLike, axis = -1): Tensor {
  const input = asTensor(x);
  const shifted = input.sub(stopGradient(input.max(axis, { keepDims: true }))).exp();
  return shifted.div(shifted.sum(axis, { keepDims: true }));
}

/** ln softmax(x) along `axis`, accurate where the softmax itself would round to 0. */
export function logSoftmax(x: TensorLike, axis = -1): Tensor {
  const input = asTensor(x);
  const shifted = input.sub(stopGradient(input.max(axis, { keepDims: true })));
  return shifted.sub(shifted.exp().sum(axis, { keepDims: true }).log());
}

/** The variance over `axes`: the mean squared distance from the mean, divided by n. */
export function variance(x: TensorLike, axes?: Axes, options?: ReductionOptions): Tensor {
  const input = asTensor(x);
  return input
    .sub(input.mean(axes, { keepDims: true }))
    .square()
    .mean(axes, options);
}

/** Which element of the last axis is one: integers in [0, classes) as rows of 0 and 1, float32. */
export function oneHot(indices: TensorLike, classes: number): Tensor {
  const places = asTensor(indices, 'int32').cast('int32').expandDims(-1);
  return places.equal(iota([classes])).cast('float32');
}
