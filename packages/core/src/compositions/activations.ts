import { ArgumentError } from '../errors.js';
import { assertFloating } from '../graph/elementwise.js';
import { customGradient, where } from '../operations.js';
import { asTensor, type Tensor } from '../tensor.js';
import type { TensorLike } from '../tensor-like.js';

function floating(operation: string, x: TensorLike): Tensor {
  const input = asTensor(x);
  assertFloating(operation, input.dtype);
  return input;
}

/**
 * e^xᵢ / Σ e^xⱼ along `axis`, without overflow: of 1e4 as of 1. NaN where all are −∞.
 *
 * @throws DataTypeError unless floating-point, ShapeError for an axis that does not exist.
 */
export function softmax(x: TensorLike, axis = -1): Tensor {
  return asTensor(x).softmax(axis);
}

/** ln softmax(x) along `axis`, accurate where the softmax would round to 0. Throws as it does. */
export function logSoftmax(x: TensorLike, axis = -1): Tensor {
  return asTensor(x).logSoftmax(axis);
}

/** Which form of {@link gelu}. */
export interface GeluOptions {
  /** `'none'`, if not given: by the error function; `'tanh'`: an approximation within 5e-4 of it. */
  readonly approximate?: 'none' | 'tanh';
}

/**
 * The Gaussian error linear unit x · Φ(x), Φ being the normal distribution (Hendrycks and Gimpel,
 * "Gaussian Error Linear Units", 2016), or its approximation by
 * x/2 · (1 + tanh(√(2/π) (x + 0.044715 x³))) from the same paper.
 *
 * @throws DataTypeError unless floating-point, ArgumentError for another `approximate`.
 */
export function gelu(x: TensorLike, options: GeluOptions = {}): Tensor {
  const input = floating('gelu', x);
  const { approximate = 'none' } = options;
  switch (approximate) {
    case 'none':
      return input.mul(input.mul(Math.SQRT1_2).erf().add(1)).mul(0.5);
    case 'tanh': {
      const inner = input.square().mul(0.044715).add(1).mul(input);
      return input
        .mul(
          inner
            .mul(Math.sqrt(2 / Math.PI))
            .tanh()
            .add(1),
        )
        .mul(0.5);
    }
    default:
      throw new ArgumentError(
        `gelu: approximate must be 'none' or 'tanh', got '${String(approximate)}'.`,
      );
  }
}

/**
 * x · sigmoid(x), the sigmoid linear unit, also called swish (Elfwing, Uchibe and Doya, 2017).
 *
 * @throws DataTypeError unless floating-point.
 */
export function silu(x: TensorLike): Tensor {
  const input = floating('silu', x);
  return input.mul(input.sigmoid());
}

/** The shape of {@link elu}. */
export interface EluOptions {
  /** What −∞ is mapped to, negated; 1 if not given. */
  readonly alpha?: number;
}

/**
 * x where it is positive, α (eˣ − 1) elsewhere: the exponential linear unit (Clevert, Unterthiner
 * and Hochreiter, 2015). Its gradient at 0 is α.
 *
 * @throws DataTypeError unless floating-point.
 */
export function elu(x: TensorLike, options: EluOptions = {}): Tensor {
  const input = floating('elu', x);
  const { alpha = 1 } = options;
  const isPositive = input.greater(0);
  // Large x would overflow in the branch that is not taken, and spoil the gradient.
  return where(isPositive, input, where(isPositive, 0, input).expm1().mul(alpha));
}

/** The shape of {@link leakyRelu}. */
export interface LeakyReluOptions {
  /** The slope where x is negative; 0.01 if not given. */
  readonly slope?: number;
}

/**
 * x where it is positive, `slope` · x elsewhere (Maas, Hannun and Ng, 2013). Its gradient at 0 is
 * `slope`.
 *
 * @throws DataTypeError unless floating-point.
 */
export function leakyRelu(x: TensorLike, options: LeakyReluOptions = {}): Tensor {
  const input = floating('leakyRelu', x);
  const { slope = 0.01 } = options;
  return where(input.greater(0), input, input.mul(slope));
}

/**
 * ln(1 + eˣ), a smooth max(x, 0), computed as max(x, 0) + ln(1 + e^−|x|), so that nothing
 * overflows. Its gradient is the sigmoid.
 *
 * @throws DataTypeError unless floating-point.
 */
export function softplus(x: TensorLike): Tensor {
  return customGradient(
    [floating('softplus', x)],
    (input) => input.relu().add(input.abs().neg().exp().log1p()),
    // At 0 both terms have a kink that the sum has not.
    (gradient, _, [input]) => [gradient.mul(input!.sigmoid())],
  );
}

/**
 * ln sigmoid(x) = −softplus(−x), accurate where the sigmoid would round to 0 or 1.
 *
 * @throws DataTypeError unless floating-point.
 */
export function logSigmoid(x: TensorLike): Tensor {
  return softplus(floating('logSigmoid', x).neg()).neg();
}
