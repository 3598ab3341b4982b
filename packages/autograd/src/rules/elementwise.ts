import { sub, where, type Tensor } from '@gradus/core';
import { none, type RuleTable } from './rule.js';

/**
 * The rules of elementwise primitives, dy being the gradient of the output y. Where a derivative
 * jumps, 0 for `abs` and `relu` at 0, halves for ties of `maximum` and `minimum`; steps and
 * comparisons, whose derivative is 0 wherever it exists, pass nothing.
 */
export const elementwiseRules = {
  neg: [(dy) => dy.neg()],
  abs: [(dy, _, x) => dy.mul(x.sign())],
  relu: [(dy, { output: y }) => where(y.greater(0), dy, 0)],
  sqrt: [(dy, { output: y }) => dy.div(y.mul(2))],
  exp: [(dy, { output: y }) => dy.mul(y)],
  expm1: [(dy, { output: y }) => dy.mul(y.add(1))],
  log: [(dy, _, x) => dy.div(x)],
  log1p: [(dy, _, x) => dy.div(x.add(1))],
  sin: [(dy, _, x) => dy.mul(x.cos())],
  cos: [(dy, _, x) => dy.mul(x.sin().neg())],
  tanh: [(dy, { output: y }) => dy.mul(sub(1, y.square()))],
  sigmoid: [(dy, { output: y }) => dy.mul(y.mul(sub(1, y)))],
  erf: [
    (dy, _, x) =>
      dy.mul(
        x
          .square()
          .neg()
          .exp()
          .mul(2 / Math.sqrt(Math.PI)),
      ),
  ],

  add: [(dy) => dy, (dy) => dy],
  sub: [(dy) => dy, (dy) => dy.neg()],
  mul: [(dy, _, _a, b) => dy.mul(b), (dy, _, a) => dy.mul(a)],
  div: [(dy, _, _a, b) => dy.div(b), (dy, { output: y }, _a, b) => dy.mul(y).div(b).neg()],
  pow: [powBase, powExponent],
  mod: [(dy) => dy, (dy, _, a, b) => dy.mul(a.floorDiv(b)).neg()],
  maximum: [(dy, _, a, b) => winning(dy, b, a), (dy, _, a, b) => winning(dy, a, b)],
  minimum: [(dy, _, a, b) => winning(dy, a, b), (dy, _, a, b) => winning(dy, b, a)],
  where: [
    undefined,
    (dy, _, condition) => where(condition, dy, 0),
    (dy, _, condition) => where(condition, 0, dy),
  ],
  cast: [(dy, _, x) => dy.cast(x.dtype)],

  sign: none,
  floor: none,
  ceil: none,
  round: none,
  floorDiv: none,
  not: none,
  less: none,
  lessEqual: none,
  equal: none,
  notEqual: none,
  and: none,
  or: none,
  xor: none,
  shiftLeft: none,
  shiftRight: none,
  threefry: none,
} satisfies Partial<RuleTable>;

/** b·aᵇ⁻¹, and 0 for 0⁰, where aᵇ⁻¹ is infinite. */
function powBase(dy: Tensor, _: unknown, a: Tensor, b: Tensor): Tensor {
  const flat = a.equal(0).and(b.equal(0));
  return dy.mul(b.mul(a.pow(where(flat, 1, b).sub(1))));
}

/** y·ln a, and 0 where a is 0 and b is not negative: 0ᵇ stays 0 (or 1) as b grows. */
function powExponent(dy: Tensor, { output: y }: { output: Tensor }, a: Tensor, b: Tensor): Tensor {
  const flat = a.equal(0).and(b.greaterEqual(0));
  return dy.mul(y.mul(where(flat, 1, a).log()));
}

/** dy where `greater` is the greater of two, half of it where they are equal. */
function winning(dy: Tensor, lesser: Tensor, greater: Tensor): Tensor {
  const shared = where(lesser.equal(greater), dy.mul(0.5), dy);
  return where(greater.less(lesser), 0, shared);
}
