import { layerSuite } from '@gradus/conformance';
import {
  namedParameters,
  relu,
  sigmoid,
  tensor,
  zeros,
  type ForwardContext,
  type Layer,
  type Tensor,
} from '@gradus/core';
import { normal, randomKey } from '@gradus/random';
import { afterAll, describe, expect, it } from 'vitest';
import { crossEntropy, Dense, Residual, Sequential } from '../src/index.js';
import { lossAfter } from './descent.js';
import { expectError, numbers, useCpu } from './support.js';

useCpu();

const double = (x: Tensor): Tensor => x.mul(2);

describe('forward', () => {
  it('adds what the branch makes to the input', async () => {
    const input = tensor([-1, 3]);
    expect(await numbers(new Residual(double).forward(input))).toEqual([-3, 9]);
    expect(await numbers(new Residual([double, relu]).forward(input))).toEqual([-1, 9]);
    expect(await numbers(new Residual([]).forward(input))).toEqual([-2, 6]);
  });

  it('adds to what the shortcut makes, if there is one', async () => {
    const first = (x: Tensor): Tensor => x.at(null, [0, 1]);
    const layer = new Residual([double, first], { shortcut: [first, relu] });
    expect(await numbers(layer.forward(tensor([[-1, 3]])))).toEqual([-2]);
  });

  it('passes the context to both', () => {
    const contexts: (ForwardContext | undefined)[] = [];
    const recorder: Layer = {
      forward: (input, context) => {
        contexts.push(context);
        return input;
      },
    };
    const context = { training: true };
    new Residual(recorder, { shortcut: recorder }).forward(zeros([1]), context);
    expect(contexts).toEqual([context, context]);
    expect(contexts[0]).toBe(context);
  });
});

it('names parameters by the side they are on', () => {
  const branch = [new Dense(2, 3), relu, new Dense(3, 4, { bias: false })];
  const layer = new Residual(branch, { shortcut: new Dense(2, 4, { bias: false }) });
  const names = ['branch.0.weight', 'branch.0.bias', 'branch.2.weight', 'shortcut.weight'];
  expect(Object.keys(namedParameters(layer))).toEqual(names);
  expect(Object.keys(namedParameters(new Residual(new Dense(2, 2))))).toEqual([
    'branch.weight',
    'branch.bias',
  ]);
});

it('prints both sides', () => {
  expect(String(new Residual(new Dense(2, 2)))).toBe('Residual(\n  branch: Dense(2, 2)\n)');
  const layer = new Residual([relu], { shortcut: new Dense(2, 2) });
  expect(String(layer).split('\n')).toEqual([
    'Residual(',
    '  branch: Sequential(',
    '    0: Activation(relu)',
    '  )',
    '  shortcut: Dense(2, 2)',
    ')',
  ]);
});

describe('errors', () => {
  const forward = (layer: Residual, input: Tensor) => () => layer.forward(input);

  it('suggest a shortcut where the branch changes the shape', () => {
    const message =
      'Residual: the branch makes [5, 3] of [5, 2], which cannot be added to it; ' +
      'give a layer that makes the same shape as the option shortcut.';
    expectError(forward(new Residual(new Dense(2, 3)), zeros([5, 2])), 'SHAPE', message);
  });

  it('do not let a difference of shapes pass as a broadcast', () => {
    const layer = new Residual(new Dense(2, 1));
    expectError(forward(layer, zeros([5, 2])), 'SHAPE', 'makes [5, 1] of [5, 2]');
  });

  it('name what branch and shortcut make', () => {
    const layer = new Residual(new Dense(2, 3), { shortcut: new Dense(2, 4) });
    const message =
      'Residual: of [5, 2] the branch makes [5, 3] and the shortcut [5, 4]; ' +
      'they are added and must have the same shape.';
    expectError(forward(layer, zeros([5, 2])), 'SHAPE', message);
  });

  it.each<[unknown[], string]>([
    [['relu'], 'Residual: branch is neither an object with a forward method nor a function, got'],
    [[undefined], 'Residual: branch is neither'],
    [[[relu, 1]], 'Sequential: layer 1 is neither'],
    [[relu, { shortcut: 1 }], 'Residual: shortcut is neither'],
    [[relu, { skip: relu }], "Residual: unknown option 'skip'; there are shortcut."],
    [[relu, relu], 'Residual: expected an object of options ({ shortcut }), got a function.'],
  ])('reject %j', (args, message) => {
    expectError(() => Reflect.construct(Residual, args) as Residual, 'ARGUMENT', message);
  });
});

it('gradients reach the first of many layers: a deep stack learns, and does not without', async () => {
  const count = 64;
  const points = tensor(normal(randomKey(5), 2 * count), { shape: [count, 2] });
  const product = points.at(null, 0).mul(points.at(null, 1));
  const labels = product.greater(0).cast('int32');
  const train = (wrap: (layers: (Layer | typeof relu)[]) => (Layer | typeof relu)[]) => {
    const keys = randomKey(3).split(10);
    const blocks = keys.slice(2).flatMap((random) => wrap([sigmoid, new Dense(8, 8, { random })]));
    const ends = [new Dense(2, 8, { random: keys[0] }), new Dense(8, 2, { random: keys[1] })];
    const model = new Sequential([ends[0]!, ...blocks, ends[1]!]);
    const loss = () => crossEntropy(model.forward(points), labels);
    return lossAfter(200, { model, loss, rate: 0.2 });
  };
  expect(await train((layers) => [new Residual(layers)])).toBeLessThan(0.35);
  expect(await train((layers) => layers)).toBeGreaterThan(0.65);
});

layerSuite(
  { describe, it, after: afterAll },
  {
    create: () => new Residual([new Dense(3, 4), sigmoid], { shortcut: new Dense(3, 4) }),
    inputShape: [2, 3],
    outputShape: [2, 4],
    parameters: {
      'branch.0.weight': [4, 3],
      'branch.0.bias': [4],
      'shortcut.weight': [4, 3],
      'shortcut.bias': [4],
    },
    gradients: { order: 2 },
  },
);
