import { grad } from '@gradus/autograd';
import {
  arange,
  clip,
  concat,
  cumulativeSum,
  dot,
  einsum,
  elu,
  eye,
  gelu,
  leakyRelu,
  linspace,
  logSigmoid,
  logSoftmax,
  logSumExp,
  norm,
  normalizeAxes,
  oneHot,
  outer,
  repeat,
  rsqrt,
  silu,
  softmax,
  softplus,
  split,
  stack,
  standardDeviation,
  tensor,
  tile,
  tril,
  triu,
  variance,
  type Axes,
  type ReductionOptions,
  type Tensor,
} from '@gradus/core';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { checkGradients, evaluateReference } from '../src/index.js';
import { Inputs } from '../src/inputs.js';

/** One way to call a composition on a tensor of `shape`. */
interface Call {
  readonly shape: readonly number[];
  readonly axis: number;
  readonly axes: Axes | undefined;
  readonly options: ReductionOptions;
  /** Further numbers that the composition needs. */
  readonly inputs: Inputs;
}

interface Composition {
  readonly apply: (x: Tensor, call: Call) => Tensor;
  /** Whether there is a second derivative everywhere, and it is not 0. */
  readonly smooth: boolean;
}

const smooth = (apply: Composition['apply']): Composition => ({ apply, smooth: true });
const kinked = (apply: Composition['apply']): Composition => ({ apply, smooth: false });

const compositions: Readonly<Record<string, Composition>> = {
  softmax: smooth((x, { axis }) => softmax(x, axis)),
  logSoftmax: smooth((x, { axis }) => logSoftmax(x, axis)),
  logSumExp: smooth((x, { axes, options }) => logSumExp(x, axes, options)),
  mean: kinked((x, { axes, options }) => x.mean(axes, options)),
  variance: smooth((x, { axes, options }) => variance(x, axes, options)),
  'variance of an estimate': smooth((x) => variance(stack([x, x.sin()]), 0, { correction: 1 })),
  // Of one element it is 0 and its gradient is, so something is added.
  standardDeviation: smooth((x, { axes, options }) =>
    standardDeviation(
      stack([x, x.sin()], -1),
      [x.rank, ...normalizeAxes('axes', axes, x.rank)],
      options,
    ),
  ),
  'norm of order 1': kinked((x, { axes, options }) => norm(x, axes, { ...options, order: 1 })),
  'norm of order 2': smooth((x, { axes, options }) => norm(x, axes, options)),
  'norm of order ∞': kinked((x, { axes, options }) =>
    norm(x, axes, { ...options, order: Infinity }),
  ),
  clip: kinked((x, { inputs }) =>
    clip(x, inputs.tensor(x.shape, x.dtype).minimum(0.5), 1).square(),
  ),
  'clip by tensors': kinked((x) => clip(x.sin(), x.mul(0.2).sub(0.3), x.mul(0.1).add(0.3))),
  gelu: smooth((x) => gelu(x)),
  'gelu by tanh': smooth((x) => gelu(x, { approximate: 'tanh' })),
  silu: smooth((x) => silu(x)),
  elu: kinked((x, { inputs }) => elu(x, { alpha: inputs.pick([0.5, 1, 2]) })),
  leakyRelu: kinked((x, { inputs }) => leakyRelu(x, { slope: inputs.pick([0, 0.1, -1]) })),
  softplus: smooth((x) => softplus(x)),
  logSigmoid: smooth((x) => logSigmoid(x)),
  rsqrt: smooth((x) => rsqrt(x.square().add(0.3))),
  dot: smooth((x) => dot(x.reshape([-1]), x.reshape([-1]).flip().sin())),
  outer: smooth((x) => outer(x.reshape([-1]), x.reshape([-1]).cos())),
  cumulativeSum: smooth((x, { axis }) => cumulativeSum(x, axis).square()),
  'split into equal parts': kinked((x, { axis }) => {
    const [first, ...rest] = split(x, x.shape.at(axis)!, axis);
    return rest.reduce((product, each) => product.mul(each), first!);
  }),
  'split into sizes': kinked((x, { axis, inputs }) => {
    const size = inputs.integer(0, x.shape.at(axis)! + 1);
    const [first, second] = split(x, [size, x.shape.at(axis)! - size], axis);
    return concat([second!.square(), first!], axis);
  }),
  at: kinked((x, { axis, inputs }) => {
    const ranges = x.shape.map((_, each) => {
      if (each === x.shape.length + axis || each === axis) return -1;
      return inputs.pick([null, [0, null, 2], [null, null, -1]] as const);
    });
    return x.square().at(...ranges);
  }),
  'expandDims, squeeze and reciprocal': smooth((x, { axis }) =>
    x.square().add(1).expandDims(axis).squeeze(axis).reciprocal(),
  ),
  repeat: kinked((x, { axis, inputs }) => repeat(x, inputs.integer(1, 4), axis)),
  tile: kinked((x, { axis, inputs }) => tile(x, [2, inputs.integer(1, 3), 1].slice(axis))),
  tril: kinked((x, { inputs }) => tril(stack([x, x]), inputs.integer(-1, 3)).add(x)),
  triu: kinked((x, { inputs }) => triu(stack([x, x]), inputs.integer(-1, 3)).add(x)),
  'ranges and eye': kinked((x) =>
    stack([x])
      .mul(arange(1, x.shape.at(-1)! + 1, 1, x.dtype))
      .add(linspace(0, 1, x.shape.at(-1)!, x.dtype).mul(x))
      .matMul(eye(x.shape.at(-1)!, { columns: 3, diagonal: 1, dtype: x.dtype })),
  ),
  'oneHot and stack': kinked((x, { axis, inputs }) =>
    stack(
      [x, oneHot(inputs.tensor(x.shape.slice(0, -1), 'int32'), x.shape.at(-1)!).cast(x.dtype)],
      axis,
    ),
  ),
};

const calls: fc.Arbitrary<Call> = fc
  .array(fc.integer({ min: 1, max: 4 }), { minLength: 1, maxLength: 3 })
  .chain((shape) => {
    const axis = fc.integer({ min: -shape.length, max: shape.length - 1 });
    return fc.record({
      shape: fc.constant(shape),
      axis,
      axes: fc.oneof(fc.constant(undefined), axis, fc.subarray(shape.map((_, each) => each))),
      options: fc.record({ keepDims: fc.boolean() }),
      inputs: fc.nat().map((seed) => new Inputs(seed)),
    });
  });

describe('gradients of compositions equal central differences', () => {
  for (const [name, { apply, smooth }] of Object.entries(compositions)) {
    it(name, async () => {
      const property = fc.asyncProperty(calls, async (call) => {
        const x = call.inputs.tensor(call.shape, 'float64');
        const order = smooth ? 2 : 1;
        await checkGradients((leaf) => apply(leaf, call), [x], { order, maximumElements: 8 });
      });
      await fc.assert(property, { seed: 20_261_124, numRuns: 15 });
    });
  }
});

describe('gradients of einsum equal central differences', () => {
  const equations = [
    ...['ij->ji', 'ij->j', 'ii->i', 'iji->j', '...i->...', 'ij,jk', 'ij,ij->i', 'i,j', 'i,i'],
    ...['bij,bjk->bik', 'bij,bkj->bik', '...ij,...jk->...ik', 'ij,j->i', 'iij,jk->ki'],
    ...['ij,jk,kl->il', 'i,ij,j', 'bi,ij,bj->b', 'bqhd,bkhd->bhqk', 'ij,kl->', 'ik,jk,k->ij'],
  ];
  const extents = fc.array(fc.integer({ min: 1, max: 3 }), { minLength: 26, maxLength: 26 });
  const operandsOf = (equation: string, sizes: readonly number[], inputs: Inputs): Tensor[] =>
    equation
      .split('->')[0]!
      .split(',')
      .map((term, operand) => {
        // Further axes of the first operand repeat for the second.
        const labels = term.replace('...', operand === 0 ? 'yz' : 'z');
        const shape = Array.from(labels, (label) => sizes[label.charCodeAt(0) - 97]!);
        return inputs.tensor(shape, 'float64');
      });
  for (const equation of equations) {
    it(equation, async () => {
      const property = fc.asyncProperty(extents, fc.nat(), async (sizes, seed) => {
        const operands = operandsOf(equation, sizes, new Inputs(seed));
        // Squared, so that the gradient of the gradient is not 0 for a single operand.
        const fn = (...leaves: Tensor[]): Tensor => einsum(equation, ...leaves).square();
        await checkGradients(fn, operands, { order: 2, maximumElements: 6 });
      });
      await fc.assert(property, { seed: 20_261_124, numRuns: 6 });
    });
  }
});

/** What autograd says, by the reference. */
function gradientOf(fn: (x: Tensor) => Tensor, values: readonly number[]): number[] {
  const x = tensor(values, { dtype: 'float64' });
  return Array.from(evaluateReference([grad(fn(x).sum(), x)])[0]!.data);
}

describe('gradients where a formula has a kink or a pole', () => {
  it('of norm and standard deviation at zero are 0', () => {
    for (const order of [1, 2, Infinity]) {
      expect(gradientOf((x) => norm(x, undefined, { order }), [0, 0, 0])).toEqual([0, 0, 0]);
    }
    expect(gradientOf((x) => norm(x), [30, 0, 40])[1]).toBe(0);
    expect(gradientOf((x) => norm(x.reshape([2, 2]), 1), [0, 0, 0, -2])).toEqual([0, 0, 0, -1]);
    expect(gradientOf((x) => standardDeviation(x), [5, 5, 5])).toEqual([0, 0, 0]);
  });
  it('of the norm of order ∞ is shared by tied elements', () => {
    const gradient = gradientOf((x) => norm(x, 0, { order: Infinity }), [2, -2, 1]);
    expect(gradient).toEqual([0.5, -0.5, 0]);
  });
  it('of clip is 1 at the bounds, as in PyTorch', () => {
    expect(gradientOf((x) => clip(x, -1, 1), [-2, -1, 0, 1, 2])).toEqual([0, 1, 1, 1, 0]);
  });
  it('of activations at 0 are those of PyTorch, to second order where they are smooth', () => {
    expect(gradientOf((x) => elu(x, { alpha: 3 }), [0])).toEqual([3]);
    expect(gradientOf((x) => leakyRelu(x, { slope: 0.2 }), [0])).toEqual([0.2]);
    expect(gradientOf(softplus, [0])).toEqual([0.5]);
    const slope = (x: Tensor): Tensor => grad(softplus(x).sum(), x);
    expect(gradientOf(slope, [0])).toEqual([0.25]);
  });
  it('of activations far out are finite', () => {
    for (const fn of [softplus, logSigmoid, elu, leakyRelu, silu, gelu]) {
      expect(gradientOf((x) => fn(x), [1e4, -1e4]).every(Number.isFinite)).toBe(true);
    }
    expect(gradientOf(softplus, [1e4, -1e4])).toEqual([1, 0]);
    expect(gradientOf(logSigmoid, [1e4, -1e4])).toEqual([0, 1]);
  });
  it('of softmax at ±10⁴ are finite', () => {
    const pick = (x: Tensor): Tensor => x.mul([1, 2, 3]);
    expect(gradientOf((x) => pick(softmax(x)), [1e4, -1e4, 0])).toEqual([0, 0, 0]);
    expect(gradientOf((x) => pick(logSoftmax(x)), [1e4, -1e4, 0])).toEqual([-5, 2, 3]);
  });
});
