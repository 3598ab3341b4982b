import type { DataType } from './dtype.js';
import { ArgumentError, DataTypeError } from './errors.js';
import * as elementwise from './graph/elementwise.js';
import type { BinaryOperation, UnaryOperation } from './graph/elementwise.js';
import type { GraphNode } from './graph/node.js';
import { broadcastShapes } from './shape.js';
import { TensorHandle } from './tensor-handle.js';
import { nodeOf, type TensorLike } from './tensor-like.js';
import type { Tensor } from './tensor.js';

/** What a tensor does element by element. */
export abstract class TensorArithmetic extends TensorHandle {
  /** The tensor of a node: this one if the node is its own. */
  protected abstract wrap(node: GraphNode): Tensor;

  /** −x. */
  neg(): Tensor {
    return this.#unary('neg');
  }
  /** |x|; its gradient at 0 is 0. */
  abs(): Tensor {
    return this.#unary('abs');
  }
  /** −1, 0 or 1. */
  sign(): Tensor {
    return this.#unary('sign');
  }
  /** The greatest integer not above x. */
  floor(): Tensor {
    return this.#unary('floor');
  }
  /** The least integer not below x. */
  ceil(): Tensor {
    return this.#unary('ceil');
  }
  /** The nearest integer, halves to even. */
  round(): Tensor {
    return this.#unary('round');
  }
  /** max(x, 0); NaN stays NaN, the gradient at 0 is 0. */
  relu(): Tensor {
    return this.#unary('relu');
  }
  /** Logical negation of bool, bitwise of integers. */
  not(): Tensor {
    return this.#unary('not');
  }
  /** √x. */
  sqrt(): Tensor {
    return this.#unary('sqrt');
  }
  /** eˣ. */
  exp(): Tensor {
    return this.#unary('exp');
  }
  /** eˣ − 1, accurate near 0. */
  expm1(): Tensor {
    return this.#unary('expm1');
  }
  /** The natural logarithm. */
  log(): Tensor {
    return this.#unary('log');
  }
  /** ln(1 + x), accurate near 0. */
  log1p(): Tensor {
    return this.#unary('log1p');
  }
  /** sin x, radians. */
  sin(): Tensor {
    return this.#unary('sin');
  }
  /** cos x, radians. */
  cos(): Tensor {
    return this.#unary('cos');
  }
  /** The hyperbolic tangent. */
  tanh(): Tensor {
    return this.#unary('tanh');
  }
  /** 1 / (1 + e⁻ˣ). */
  sigmoid(): Tensor {
    return this.#unary('sigmoid');
  }
  /** 2/√π ∫₀ˣ e^(−t²) dt. */
  erf(): Tensor {
    return this.#unary('erf');
  }
  /** x². */
  square(): Tensor {
    return this.mul(this);
  }
  /** 1 / x. */
  reciprocal(): Tensor {
    elementwise.assertFloating('reciprocal', this.dtype);
    return this.wrap(elementwise.binary('div', nodeOf(1, this.dtype), this.node));
  }

  /** x + y, broadcast; a plain number takes this tensor's dtype, here and below. */
  add(other: TensorLike): Tensor {
    return this.#binary('add', other);
  }
  /** x − y. */
  sub(other: TensorLike): Tensor {
    return this.#binary('sub', other);
  }
  /** x · y, element by element. */
  mul(other: TensorLike): Tensor {
    return this.#binary('mul', other);
  }
  /** x / y, floating-point only. */
  div(other: TensorLike): Tensor {
    return this.#binary('div', other);
  }
  /** ⌊x / y⌋. */
  floorDiv(other: TensorLike): Tensor {
    return this.#binary('floorDiv', other);
  }
  /** x − y⌊x / y⌋: the sign of the divisor. */
  mod(other: TensorLike): Tensor {
    return this.#binary('mod', other);
  }
  /** xʸ. */
  pow(exponent: TensorLike): Tensor {
    return this.#binary('pow', exponent);
  }
  /** The greater of two; NaN if either is. Ties share the gradient. */
  maximum(other: TensorLike): Tensor {
    return this.#binary('maximum', other);
  }
  /** The lesser of two; NaN if either is. Ties share the gradient. */
  minimum(other: TensorLike): Tensor {
    return this.#binary('minimum', other);
  }
  /**
   * x where it lies between the bounds, the nearer bound elsewhere; NaN stays NaN. Bounds broadcast
   * and take this tensor's dtype; where they are tensors and cross, the maximum wins. The gradient
   * of x is 1 at the bounds themselves, as in PyTorch.
   *
   * @throws ArgumentError when `minimum` exceeds `maximum` or either is NaN, for numbers;
   *   DataTypeError or ShapeError when a bound is a tensor of another dtype or does not broadcast.
   */
  clip(minimum: TensorLike, maximum: TensorLike): Tensor {
    if (typeof minimum === 'number' && typeof maximum === 'number' && !(minimum <= maximum)) {
      throw new ArgumentError(
        `clip: minimum must not exceed maximum, got minimum ${minimum} and maximum ${maximum}.`,
      );
    }
    const [low, high] = [nodeOf(minimum, this.dtype), nodeOf(maximum, this.dtype)];
    for (const [name, { dtype }] of Object.entries({ minimum: low, maximum: high })) {
      if (dtype === this.dtype) continue;
      throw new DataTypeError(
        `clip: ${name} is ${dtype}, but the tensor ${this.dtype}; cast one of them.`,
      );
    }
    broadcastShapes('clip', this.shape, low.shape, high.shape);
    const { binary, where } = elementwise;
    const raised = where(binary('less', this.node, low), low, this.node);
    return this.wrap(where(binary('less', high, raised), high, raised));
  }

  /** x < y, as bool. */
  less(other: TensorLike): Tensor {
    return this.#binary('less', other);
  }
  /** x ≤ y, as bool. */
  lessEqual(other: TensorLike): Tensor {
    return this.#binary('lessEqual', other);
  }
  /** x > y, as bool. */
  greater(other: TensorLike): Tensor {
    return this.wrap(elementwise.binary('less', nodeOf(other, this.dtype), this.node));
  }
  /** x ≥ y, as bool. */
  greaterEqual(other: TensorLike): Tensor {
    return this.wrap(elementwise.binary('lessEqual', nodeOf(other, this.dtype), this.node));
  }
  /** x = y, as bool. */
  equal(other: TensorLike): Tensor {
    return this.#binary('equal', other);
  }
  /** x ≠ y, as bool. */
  notEqual(other: TensorLike): Tensor {
    return this.#binary('notEqual', other);
  }
  /** Logical on bool, bitwise on integers. */
  and(other: TensorLike): Tensor {
    return this.#binary('and', other);
  }
  /** Logical on bool, bitwise on integers. */
  or(other: TensorLike): Tensor {
    return this.#binary('or', other);
  }
  /** Logical on bool, bitwise on integers. */
  xor(other: TensorLike): Tensor {
    return this.#binary('xor', other);
  }
  /** x · 2ʸ on integers, modulo the width. */
  shiftLeft(other: TensorLike): Tensor {
    return this.#binary('shiftLeft', other);
  }
  /** Bits moved down: arithmetic on int32, logical on unsigned types. */
  shiftRight(other: TensorLike): Tensor {
    return this.#binary('shiftRight', other);
  }

  /** The same values in another dtype; float to integer truncates and saturates, NaN gives 0. */
  cast(dtype: DataType): Tensor {
    return this.wrap(elementwise.cast(this.node, dtype));
  }

  #unary(operation: UnaryOperation): Tensor {
    return this.wrap(elementwise.unary(operation, this.node));
  }

  #binary(operation: BinaryOperation, other: TensorLike): Tensor {
    return this.wrap(elementwise.binary(operation, this.node, nodeOf(other, this.dtype)));
  }
}
