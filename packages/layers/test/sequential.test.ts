import { layerSuite } from '@gradus/conformance';
import {
  namedParameters,
  namedVariables,
  relu,
  sigmoid,
  tensor,
  zeros,
  type ForwardContext,
  type Layer,
  type Tensor,
} from '@gradus/core';
import { afterAll, describe, expect, it } from 'vitest';
import { Activation, Dense, Dropout, Flatten, Sequential } from '../src/index.js';
import { expectError, numbers, useCpu } from './support.js';

useCpu();

/** A layer of somebody else: no base class, no `toString`. */
class Recorder implements Layer {
  readonly contexts: (ForwardContext | undefined)[] = [];

  forward(input: Tensor, context?: ForwardContext): Tensor {
    this.contexts.push(context);
    return input.add(1);
  }
}

describe('Sequential', () => {
  it('applies layers and functions in order', async () => {
    const double = (x: Tensor) => x.mul(2);
    const model = new Sequential([double, new Recorder(), double, new Activation(relu)]);
    expect(await numbers(model.forward(tensor([-3, 4])))).toEqual([0, 18]);
  });

  it('does nothing without layers', async () => {
    expect(await numbers(new Sequential([]).forward(tensor([1, 2])))).toEqual([1, 2]);
  });

  it('passes the context on, also to chains within it', () => {
    const outer = new Recorder();
    const inner = new Recorder();
    const context = { training: true };
    const model = new Sequential([outer, new Sequential([inner])]);
    model.forward(zeros([1]), context);
    model.forward(zeros([1]));
    expect(outer.contexts).toEqual([context, undefined]);
    expect(inner.contexts[0]).toBe(context);
  });

  it('names parameters by position', () => {
    const blocks = new Sequential([new Dense(3, 3, { bias: false }), relu, new Dense(3, 2)]);
    const model = new Sequential([new Flatten(), new Dense(4, 3), blocks]);
    const names = ['1.weight', '1.bias', '2.0.weight', '2.2.weight', '2.2.bias'];
    expect(Object.keys(namedParameters(model))).toEqual(names);
  });

  it('lists a layer that it holds twice once', () => {
    const shared = new Dense(3, 3);
    const model = new Sequential([shared, relu, shared]);
    expect(Object.keys(namedVariables(model))).toEqual(['0.weight', '0.bias']);
    expect(model.forward(zeros([2, 3])).shape).toEqual([2, 3]);
  });

  it('prints a line for each layer', () => {
    const model = new Sequential([
      new Flatten(),
      new Sequential([new Dense(784, 10, { activation: relu }), new Dropout(0.25)]),
      sigmoid,
      new Recorder(),
    ]);
    expect(String(model).split('\n')).toEqual([
      'Sequential(',
      '  0: Flatten()',
      '  1: Sequential(',
      '    0: Dense(784, 10, relu)',
      '    1: Dropout(0.25)',
      '  )',
      '  2: Activation(sigmoid)',
      '  3: Recorder()',
      ')',
    ]);
    expect(String(new Sequential([]))).toBe('Sequential()');
  });

  it.each<[unknown, string]>([
    [new Flatten(), 'Sequential: expected an array of layers, got a Flatten.'],
    [
      [relu, 'relu'],
      "layer 1 is neither an object with a forward method nor a function, got 'relu'",
    ],
    [[null], 'layer 0 is neither an object with a forward method nor a function, got null'],
    [[{ forwards: relu }], 'layer 0 is neither'],
    [[{ forward: 3 }], 'layer 0 is neither'],
  ])('rejects %j', (layers, message) => {
    const make = () => Reflect.construct(Sequential, [layers]) as Sequential;
    expectError(make, 'ARGUMENT', message);
  });
});

describe('Activation', () => {
  it('is its function', async () => {
    const layer = new Activation(sigmoid);
    expect(await numbers(layer.forward(tensor([0])))).toEqual([0.5]);
    expect(String(layer)).toBe('Activation(sigmoid)');
  });

  it('rejects the name of a function', () => {
    const make = () => Reflect.construct(Activation, ['relu']) as Activation;
    expectError(make, 'ARGUMENT', "must be a function such as relu of @gradus/core, got 'relu'");
  });
});

describe('Flatten', () => {
  it.each<[readonly number[], readonly number[]]>([
    [[5], [5, 1]],
    [
      [5, 3],
      [5, 3],
    ],
    [
      [2, 1, 28, 28],
      [2, 784],
    ],
    [
      [0, 3, 4],
      [0, 12],
    ],
    [
      [3, 0, 4],
      [3, 0],
    ],
  ])('maps %j to %j', (shape, expected) => {
    expect(new Flatten().forward(zeros(shape)).shape).toEqual(expected);
  });

  it('keeps the values of each example together', async () => {
    const images = tensor([
      [
        [1, 2],
        [3, 4],
      ],
      [
        [5, 6],
        [7, 8],
      ],
    ]);
    expect(await new Flatten().forward(images).toArray()).toEqual([
      [1, 2, 3, 4],
      [5, 6, 7, 8],
    ]);
  });

  it('rejects a scalar', () => {
    expectError(
      () => new Flatten().forward(zeros([])),
      'SHAPE',
      'Flatten(): expected a batch axis',
    );
  });
});

const runner = { describe, it, after: afterAll };

layerSuite(runner, {
  create: () => new Sequential([new Dense(3, 4), sigmoid, new Sequential([new Dense(4, 2)])]),
  inputShape: [5, 3],
  outputShape: [5, 2],
  parameters: { '0.weight': [4, 3], '0.bias': [4], '2.0.weight': [2, 4], '2.0.bias': [2] },
  gradients: { order: 2 },
});
layerSuite(runner, {
  create: () => new Activation(sigmoid),
  inputShape: [3, 2, 2],
  outputShape: [3, 2, 2],
  parameters: {},
  gradients: { order: 2 },
});
layerSuite(runner, {
  create: () => new Flatten(),
  inputShape: [2, 3, 2, 1],
  outputShape: [2, 6],
  parameters: {},
});
