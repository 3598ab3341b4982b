import { Variable, type Tensor } from '@gradus/core';
import { beforeAll, describe, expect, test } from 'vitest';
import { grad } from '../src/index.js';
import { exact, useCpu } from './support.js';

beforeAll(useCpu);

// The formulas as the lecture writes them, for one example at a time, in plain numbers.
type Vector = readonly number[];
type Matrix = readonly Vector[];

const dot = (a: Vector, b: Vector): number => a.reduce((sum, x, i) => sum + x * b[i]!, 0);
const times = (w: Matrix, x: Vector): number[] => w.map((row) => dot(row, x));
const transposed = (w: Matrix): number[][] => w[0]!.map((_, j) => w.map((row) => row[j]!));
const zip = (a: Vector, b: Vector, f: (x: number, y: number) => number): number[] =>
  a.map((x, i) => f(x, b[i]!));
const sum = (a: Vector, b: Vector): number[] => zip(a, b, (x, y) => x + y);
const difference = (a: Vector, b: Vector): number[] => zip(a, b, (x, y) => x - y);
const hadamard = (a: Vector, b: Vector): number[] => zip(a, b, (x, y) => x * y);
const outer = (a: Vector, b: Vector): number[][] => a.map((x) => b.map((y) => x * y));

interface Layer {
  readonly weight: Matrix;
  readonly bias: Vector;
}

interface Activation {
  readonly value: (z: number) => number;
  readonly derivative: (z: number) => number;
  readonly apply: (z: Tensor) => Tensor;
}

const logistic = (z: number): number => 1 / (1 + Math.exp(-z));

const activations: Record<string, Activation> = {
  sigmoid: {
    value: logistic,
    derivative: (z) => logistic(z) * (1 - logistic(z)),
    apply: (z) => z.sigmoid(),
  },
  tanh: {
    value: Math.tanh,
    derivative: (z) => 1 - Math.tanh(z) ** 2,
    apply: (z) => z.tanh(),
  },
};

/** ∂J/∂W and ∂J/∂b of both layers for J = ½‖y − a³‖², one example: a¹ = x, a³ the output. */
function backpropagate(layers: readonly [Layer, Layer], f: Activation, x: Vector, y: Vector) {
  const [first, second] = layers;
  const z2 = sum(times(first.weight, x), first.bias);
  const a2 = z2.map(f.value);
  const z3 = sum(times(second.weight, a2), second.bias);
  const a3 = z3.map(f.value);
  const delta3 = hadamard(difference(y, a3), z3.map(f.derivative)).map((value) => -value);
  const delta2 = hadamard(times(transposed(second.weight), delta3), z2.map(f.derivative));
  return [
    { weight: outer(delta2, x), bias: delta2 },
    { weight: outer(delta3, a2), bias: delta3 },
  ] as const;
}

const layers: readonly [Layer, Layer] = [
  {
    weight: [
      [0.3, -0.2, 0.5],
      [-0.7, 0.1, 0.4],
      [0.2, 0.6, -0.3],
      [0.9, -0.5, 0.05],
    ],
    bias: [0.1, -0.1, 0.2, 0],
  },
  {
    weight: [
      [0.4, -0.6, 0.3, 0.8],
      [-0.2, 0.7, 0.5, -0.9],
    ],
    bias: [-0.3, 0.15],
  },
];
const inputs: Matrix = [
  [1, -2, 0.5],
  [0.3, 0.8, -1.1],
  [-0.6, 1.4, 2],
];
const targets: Matrix = [
  [0.9, 0.1],
  [0.2, 0.7],
  [-0.4, 0.5],
];

function parameters() {
  return layers.map(({ weight, bias }) => ({
    weight: new Variable(exact(weight)),
    bias: new Variable(exact(bias)),
  }));
}

/** A row of `x` for each example. */
function network(model: ReturnType<typeof parameters>, f: Activation, x: Tensor): Tensor {
  return model.reduce(
    (a, { weight, bias }) => f.apply(a.matMul(weight.value.transpose()).add(bias)),
    x,
  );
}

async function expectClose(actual: Tensor, expected: Vector): Promise<void> {
  const values = await actual.data();
  expect(values.length).toBe(expected.length);
  values.forEach((value, place) => expect(value).toBeCloseTo(expected[place]!, 13));
}

describe.each(Object.entries(activations))('two layers of %s with squared error', (_, f) => {
  test('one example: the gradients are δ aᵀ and δ', async () => {
    for (const [example, x] of inputs.entries()) {
      const y = targets[example]!;
      const model = parameters();
      const output = network(model, f, exact([x]));
      const loss = exact([y]).sub(output).square().sum().div(2);
      const gradients = grad(loss, model);
      for (const [layer, expected] of backpropagate(layers, f, x, y).entries()) {
        await expectClose(gradients[`${layer}.weight`]!, expected.weight.flat());
        await expectClose(gradients[`${layer}.bias`]!, expected.bias);
      }
    }
  });

  test('δ is the gradient with respect to z, layer by layer', async () => {
    const [first, second] = parameters();
    const z2 = exact([inputs[0]!]).matMul(first!.weight.value.transpose()).add(first!.bias);
    const z3 = f.apply(z2).matMul(second!.weight.value.transpose()).add(second!.bias);
    const loss = exact([targets[0]!]).sub(f.apply(z3)).square().sum().div(2);
    const [delta2, delta3] = grad(loss, [z2, z3]);
    const expected = backpropagate(layers, f, inputs[0]!, targets[0]!);
    await expectClose(delta2, expected[0].bias);
    await expectClose(delta3, expected[1].bias);
  });

  test('many examples with weight decay: the mean of δ aᵀ, plus λW; biases do not decay', async () => {
    const decay = 0.03;
    const model = parameters();
    const error = exact(targets)
      .sub(network(model, f, exact(inputs)))
      .square()
      .sum()
      .div(2);
    const penalty = model
      .map(({ weight }) => weight.value.square().sum())
      .reduce((total, each) => total.add(each))
      .mul(decay / 2);
    const gradients = grad(error.div(inputs.length).add(penalty), model);
    const each = inputs.map((x, example) => backpropagate(layers, f, x, targets[example]!));
    for (const [layer, { weight }] of layers.entries()) {
      const meanOf = (part: (gradient: (typeof each)[number][0]) => Vector): number[] =>
        each
          .map((gradient) => part(gradient[layer]!))
          .reduce(sum)
          .map((total) => total / inputs.length);
      const decayed = sum(
        meanOf((gradient) => gradient.weight.flat()),
        weight.flat().map((w) => decay * w),
      );
      await expectClose(gradients[`${layer}.weight`]!, decayed);
      await expectClose(
        gradients[`${layer}.bias`]!,
        meanOf((gradient) => gradient.bias),
      );
    }
  });
});
