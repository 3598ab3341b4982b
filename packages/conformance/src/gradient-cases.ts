import {
  clip,
  concat,
  cumulativeSum,
  customGradient,
  einsum,
  logSigmoid,
  logSoftmax,
  logSumExp,
  norm,
  repeat,
  scatterAdd,
  softmax,
  softplus,
  split,
  standardDeviation,
  tensor,
  tile,
  tril,
  triu,
  variance,
  where,
  zeros,
  type Tensor,
} from '@gradus/core';
import type { Inputs } from './inputs.js';

/** A differentiable function with inputs to differentiate it at. */
export interface GradientCase {
  readonly inputs: (inputs: Inputs) => readonly Tensor[];
  readonly fn: (...inputs: Tensor[]) => Tensor;
  /** Whether its second derivative is no constant 0 and exists everywhere near the inputs. */
  readonly smooth?: boolean;
}

const shapes =
  (...list: readonly (readonly number[])[]) =>
  (inputs: Inputs): Tensor[] =>
    list.map((shape) => inputs.tensor(shape));

const positive = (inputs: Inputs): Tensor[] => [
  inputs.tensor([3, 4], 'float32', { minimum: 0.3, maximum: 3 }),
  inputs.tensor([4], 'float32', { minimum: 0.3, maximum: 3 }),
];

const one = shapes([3, 4]);
const two = shapes([3, 4], [4]);
const indices = (): Tensor => tensor([2, 0, 2, -1, 9], { dtype: 'int32' });

const smoothUnary = ['exp', 'expm1', 'sin', 'cos', 'tanh', 'sigmoid', 'erf', 'square'] as const;
const kinked = ['neg', 'abs', 'relu'] as const;
const positiveUnary = ['sqrt', 'log', 'log1p', 'reciprocal'] as const;

const unary = (
  names: readonly Extract<keyof Tensor, string>[],
  rest: Omit<GradientCase, 'fn'>,
): [string, GradientCase][] =>
  names.map((name) => [name, { ...rest, fn: (x) => (x[name] as () => Tensor).call(x) }]);

/** Functions whose gradients are checked: every differentiable primitive, and what is made of them. */
export const gradientCases: Readonly<Record<string, GradientCase>> = {
  ...Object.fromEntries(unary(smoothUnary, { inputs: one, smooth: true })),
  ...Object.fromEntries(unary(kinked, { inputs: one })),
  ...Object.fromEntries(unary(positiveUnary, { inputs: positive, smooth: true })),
  'floor, ceil, round and sign are flat': {
    inputs: one,
    fn: (x) => x.floor().add(x.ceil()).add(x.round()).add(x.sign()).mul(x),
  },

  add: { inputs: two, fn: (a, b) => a.add(b) },
  sub: { inputs: two, fn: (a, b) => a.sub(b) },
  mul: { inputs: two, fn: (a, b) => a.mul(b), smooth: true },
  div: { inputs: positive, fn: (a, b) => a.div(b), smooth: true },
  pow: { inputs: positive, fn: (a, b) => a.pow(b), smooth: true },
  mod: { inputs: positive, fn: (a, b) => a.mul(5).mod(b) },
  floorDiv: { inputs: positive, fn: (a, b) => a.floorDiv(b).mul(a) },
  maximum: { inputs: two, fn: (a, b) => a.maximum(b) },
  minimum: { inputs: two, fn: (a, b) => a.minimum(b) },
  where: { inputs: shapes([3, 4], [4], [3, 1]), fn: (a, b, c) => where(a.greater(0), b, c) },
  'where around a singularity': {
    inputs: () => [tensor([-1, 0.5, 2])],
    fn: (x) => where(x.greater(0), x.maximum(0.1).log(), x.mul(3)),
  },

  reshape: { inputs: one, fn: (x) => x.reshape([2, 6]) },
  transpose: { inputs: shapes([2, 3, 4]), fn: (x) => x.transpose([1, 2, 0]) },
  broadcastTo: { inputs: shapes([3, 1]), fn: (x) => x.broadcastTo([2, 3, 4]) },
  slice: { inputs: shapes([5, 4]), fn: (x) => x.slice([4, 1], [2, 2], [-2, 2]) },
  pad: { inputs: one, fn: (x) => x.pad([1, 0], [0, 2], 7) },
  flip: { inputs: one, fn: (x) => x.flip(1) },
  concat: { inputs: shapes([3, 4], [3, 2]), fn: (a, b) => concat([a, b, a], 1) },
  'one input in many places': {
    inputs: one,
    fn: (x) =>
      x
        .mul(x.transpose().reshape([3, 4]))
        .add(x.flip())
        .sum(0),
    smooth: true,
  },

  sum: { inputs: one, fn: (x) => x.sum(1) },
  mean: { inputs: one, fn: (x) => x.mean([0, 1]) },
  product: { inputs: positive, fn: (x) => x.product(1), smooth: true },
  'product with zeros': {
    inputs: () => [
      tensor([
        [0, 2, 3],
        [0, 5, 0],
        [1, 2, 3],
      ]),
    ],
    fn: (x) => x.product(1),
  },
  max: { inputs: one, fn: (x) => x.max(1) },
  min: { inputs: one, fn: (x) => x.min([0, 1]) },
  matMul: { inputs: shapes([3, 4], [4, 2]), fn: (a, b) => a.matMul(b), smooth: true },
  'matMul of batches and vectors': {
    inputs: shapes([2, 1, 3, 4], [3, 4, 2]),
    fn: (a, b) => a.matMul(b),
    smooth: true,
  },
  gather: { inputs: shapes([3, 4]), fn: (x) => x.gather(indices().maximum(0).minimum(2)).square() },
  scatterAdd: {
    inputs: shapes([5, 2]),
    fn: (x) => scatterAdd(indices(), x, { extent: 3 }).square(),
  },
  einsum: {
    inputs: shapes([2, 3, 3], [3, 4], [2, 4]),
    fn: (a, b, c) => einsum('bii,ij,bj->bj', a, b, c),
    smooth: true,
  },
  customGradient: {
    inputs: one,
    fn: (x) =>
      customGradient(
        [x],
        (each) => each.exp(),
        (gradient, output) => [gradient.mul(output)],
      ),
    smooth: true,
  },

  softmax: { inputs: one, fn: (x) => softmax(x), smooth: true },
  logSoftmax: { inputs: one, fn: (x) => logSoftmax(x), smooth: true },
  logSumExp: { inputs: one, fn: (x) => logSumExp(x, 1), smooth: true },
  variance: { inputs: one, fn: (x) => variance(x, 0), smooth: true },
  standardDeviation: { inputs: one, fn: (x) => standardDeviation(x, 1), smooth: true },
  norm: { inputs: one, fn: (x) => norm(x, 1), smooth: true },
  'norm of order ∞': { inputs: one, fn: (x) => norm(x, 1, { order: Infinity }) },
  'norm at the zero vector': {
    inputs: () => [zeros([2, 3])],
    fn: (x) => x.add(norm(x, 1, { keepDims: true }).square()),
  },
  clip: { inputs: two, fn: (x, maximum) => clip(x, -1, maximum.abs()) },
  'cumulative sums': { inputs: one, fn: (x) => cumulativeSum(x).square(), smooth: true },
  'split, repeat, tile and triangles': {
    inputs: one,
    fn: (x) => {
      const [left, right] = split(x, 2, 1);
      return tril(repeat(left!, 2, 1))
        .mul(triu(tile(right!, 2), 1))
        .add(tile(x, 1));
    },
    smooth: true,
  },
  softplus: { inputs: one, fn: (x) => softplus(x), smooth: true },
  logSigmoid: { inputs: one, fn: (x) => logSigmoid(x), smooth: true },
  'a dense network': {
    inputs: shapes([3, 5], [5, 4], [4], [4, 2]),
    fn: (x, w, b, v) => logSoftmax(x.matMul(w).add(b).tanh().matMul(v)),
    smooth: true,
  },
};
