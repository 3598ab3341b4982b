import { beforeEach, describe, expect, it } from 'vitest';
import {
  ArgumentError,
  clip,
  DataTypeError,
  elu,
  gelu,
  leakyRelu,
  logSigmoid,
  logSoftmax,
  logSumExp,
  norm,
  oneHot,
  setDefaultDevice,
  ShapeError,
  silu,
  softmax,
  softplus,
  standardDeviation,
  tensor,
  variance,
  zeros,
  type Tensor,
} from '../src/index.js';
import { interpreter } from './support/interpreter.js';
import { refuse } from './support/refuse.js';

beforeEach(() => setDefaultDevice(interpreter()));

const integers = tensor([1, 2, 3], { dtype: 'int32' });
const truth = tensor([true]);

describe('statistics', () => {
  it('of rows', async () => {
    const x = tensor([
      [1, 2, 3, 4],
      [-3, 0, 0, 4],
    ]);
    expect(await variance(x, 1).toArray()).toEqual([1.25, 6.1875]);
    expect(await x.variance(0, { correction: 1 }).at([0, 2]).toArray()).toEqual([8, 2]);
    expect(await standardDeviation(tensor([1, 5]), 0).item()).toBe(2);
    expect(await norm(x, 1, { order: 1 }).toArray()).toEqual([10, 7]);
    expect(await x.norm(1).at(1).item()).toBe(5);
    expect(await norm(x, 0, { order: Infinity, keepDims: true }).toArray()).toEqual([[3, 2, 3, 4]]);
  });
  it('of nothing', async () => {
    const nothing = zeros([2, 0]);
    for (const order of [1, 2, Infinity]) {
      expect(await norm(nothing, 1, { order }).toArray()).toEqual([0, 0]);
      expect(norm(nothing, 0, { order }).shape).toEqual([0]);
    }
    expect(await variance(nothing, 1).toArray()).toEqual([NaN, NaN]);
    expect(await logSumExp(nothing, 1).toArray()).toEqual([-Infinity, -Infinity]);
    expect(await logSumExp(nothing).item()).toBe(-Infinity);
    expect(softmax(nothing).shape).toEqual([2, 0]);
    expect(logSoftmax(nothing, 0).shape).toEqual([2, 0]);
    expect(await variance(tensor([3]), 0, { correction: 1 }).item()).toBeNaN();
  });
  refuse(ArgumentError, [
    [() => norm([1], 0, { order: 3 }), 'norm: order must be 1, 2 or Infinity, got 3.'],
    [
      () => variance([1], 0, { correction: -1 }),
      'variance: correction must not be negative, got -1.',
    ],
    [() => clip([1], 2, 1), 'clip: minimum must not exceed maximum, got minimum 2 and maximum 1.'],
    [() => clip([1], NaN, 1), 'clip: minimum must not exceed maximum, got minimum NaN'],
  ]);
  refuse(ShapeError, [
    [() => norm([1], 1), 'norm: axis 1 is outside -1…0 for a tensor of rank 1.'],
    [() => standardDeviation([1], [0, 0]), 'standardDeviation: axes [0, 0] name an axis twice.'],
    [() => variance(5, 0), 'variance: axis 0 does not exist, a scalar has no axes.'],
    [() => logSumExp([1], -2), 'logSumExp: axis -2 is outside -1…0'],
    [() => softmax(5), 'softmax: axis -1 does not exist, a scalar has no axes.'],
    [() => logSoftmax([1], 1), 'logSoftmax: axis 1 is outside -1…0'],
    [() => clip([1, 2], [0, 0, 0], 5), 'clip: shapes [2] and [3] and [] do not broadcast'],
    [() => oneHot([1], -3), 'oneHot: extents must be non-negative integers, got [-3].'],
  ]);
  refuse(DataTypeError, [
    [() => norm(integers), 'norm: got int32, expected a floating-point dtype'],
    [() => variance(integers), 'variance: got int32, expected a floating-point dtype'],
    [
      () => standardDeviation(truth),
      'standardDeviation: got bool, expected a floating-point dtype',
    ],
    [() => logSumExp(integers), 'logSumExp: got int32, expected a floating-point dtype'],
    [() => softmax(integers), 'softmax: got int32, expected a floating-point dtype'],
    [() => logSoftmax(truth), 'logSoftmax: got bool, expected a floating-point dtype'],
    [() => clip(integers, 0.5, 2), '0.5 is not an int32, which it meets here'],
    [
      () => clip(tensor([1]), integers, 2),
      'clip: minimum is int32, but the tensor float32; cast one of them.',
    ],
  ]);
});

describe('activations', () => {
  it('are what they should be at a few places', async () => {
    const values = async (x: Tensor): Promise<number[]> => Array.from(await x.data());
    const x = tensor([-1, 0, 2], { dtype: 'float64' });
    expect(await values(silu(x))).toEqual([-1 / (1 + Math.E), 0, 2 / (1 + Math.exp(-2))]);
    expect(await values(leakyRelu(x, { slope: 0.5 }))).toEqual([-0.5, 0, 2]);
    expect(await values(elu(x, { alpha: 2 }))).toEqual([2 * Math.expm1(-1), 0, 2]);
    expect((await values(softplus(x)))[1]).toBe(Math.LN2);
    expect((await values(logSigmoid(x)))[1]).toBe(-Math.LN2);
    // Φ(2) from a table.
    expect((await values(gelu(x)))[2]).toBeCloseTo(2 * 0.977249868, 8);
    expect((await values(gelu(x, { approximate: 'tanh' })))[2]).toBeCloseTo(2 * 0.9772, 3);
  });
  it('have names, which layers print', () => {
    const named = [gelu, silu, elu, leakyRelu, softplus, logSigmoid, softmax, logSoftmax];
    expect(named.map((each) => each.name)).toEqual([
      ...['gelu', 'silu', 'elu', 'leakyRelu', 'softplus', 'logSigmoid', 'softmax', 'logSoftmax'],
    ]);
  });
  refuse(ArgumentError, [
    [
      () => gelu([1], { approximate: 'erf' as never }),
      "gelu: approximate must be 'none' or 'tanh', got 'erf'.",
    ],
  ]);
  refuse(
    DataTypeError,
    [gelu, silu, elu, leakyRelu, softplus, logSigmoid].map((activation) => [
      () => activation(integers),
      `${activation.name}: got int32, expected a floating-point dtype; cast first`,
    ]),
  );
});
