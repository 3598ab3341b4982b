import { compile, tensor, Variable, zeros, type Tensor } from '@gradus/core';
import { describe, expect, it } from 'vitest';
import { adam, Optimizer, sgd, transforms, type Transform } from '../src/index.js';
import { expectClose, expectError, useCpu } from './support.js';

useCpu();

/** A model of two parameters, and a statistic that no optimiser touches. */
function model() {
  return {
    weight: new Variable([[1, 2]], { name: 'weight' }),
    bias: new Variable([3], { name: 'bias' }),
    mean: new Variable([4], { name: 'mean', trainable: false }),
  };
}

const ones = () => ({ weight: tensor([[1, 1]]), bias: tensor([1]) });

describe('update', () => {
  it('updates trainable variables only', async () => {
    const target = model();
    sgd({ learningRate: 0.5 }).update(target, ones());
    expect(Array.from(await target.weight.data())).toEqual([0.5, 1.5]);
    expect(Array.from(await target.bias.data())).toEqual([2.5]);
    expect(Array.from(await target.mean.data())).toEqual([4]);
  });

  it('finds parameters by path', async () => {
    const target = { layers: [model(), model()] };
    const gradients = Object.fromEntries(
      [0, 1].flatMap((index) =>
        Object.entries(ones()).map(([name, value]) => [
          `layers.${index}.${name}`,
          value.mul(index),
        ]),
      ),
    );
    sgd({ learningRate: 1 }).update(target, gradients);
    expect(Array.from(await target.layers[0]!.bias.data())).toEqual([3]);
    expect(Array.from(await target.layers[1]!.bias.data())).toEqual([2]);
  });

  it('skips what has been frozen', async () => {
    const target = model();
    const optimizer = adam({ learningRate: 0.1 });
    optimizer.update(target, ones());
    target.weight.frozen = true;
    optimizer.update(target, { bias: tensor([1]) });
    expectClose(await target.weight.data(), [0.9, 1.9]);
    expectClose(await target.bias.data(), [2.8]);
  });

  it('works on float64 parameters', async () => {
    const weight = new Variable(tensor([1], { dtype: 'float64' }));
    const optimizer = adam({ learningRate: 0.25, weightDecay: 0.5 });
    optimizer.update({ weight }, { weight: tensor([2], { dtype: 'float64' }) });
    const state = optimizer.namedState({ weight });
    expect(state['weight.firstMoment']!.dtype).toBe('float64');
    expectClose(await weight.data(), [0.75]);
    expectClose(await state['weight.firstMoment']!.data(), [0.25]);
  });

  it('computes with the old parameter values, whatever the order of parameters', async () => {
    const [first, second] = [new Variable([1]), new Variable([2])];
    const swap = { first: first.value.sub(second), second: second.value.sub(first) };
    sgd({ learningRate: 1 }).update({ first, second }, swap);
    expect(Array.from(await first.data())).toEqual([2]);
    expect(Array.from(await second.data())).toEqual([1]);
  });

  it.each<[Record<string, Tensor>, string, string]>([
    [
      { weight: zeros([1, 2]) },
      'ARGUMENT',
      'sgd: no gradient for bias. The parameters are weight, bias',
    ],
    [
      { weight: zeros([1, 2]), bias: zeros([1]), biass: zeros([1]), mean: zeros([1]) },
      'ARGUMENT',
      'sgd: no parameter called biass, mean.',
    ],
    [
      { weight: zeros([1, 2]), bias: zeros([2]) },
      'SHAPE',
      "the gradient of bias must have the parameter's shape [1], got [2].",
    ],
    [
      { weight: zeros([1, 2]), bias: zeros([1], 'float64') },
      'DTYPE',
      "the gradient of bias must be float32 as the parameter is, got float64; cast it: gradient.cast('float32').",
    ],
  ])('rejects gradients that do not fit: %#', (gradients, code, message) => {
    expectError(() => sgd({ learningRate: 1 }).update(model(), gradients), code, message);
  });

  it('rejects a model without parameters', () => {
    const message = 'sgd: the model has no trainable parameters to update.';
    expectError(() => sgd({ learningRate: 1 }).update({}, {}), 'ARGUMENT', message);
  });
});

describe('in compiled steps', () => {
  it('keeps its state over retraces', async () => {
    const [target, same] = [model(), model()];
    const [optimizer, eager] = [adam({ learningRate: 0.1 }), adam({ learningRate: 0.1 })];
    const step = compile((scale: Tensor) => {
      const factor = scale.sum();
      const gradients = { weight: tensor([[1, -2]]).mul(factor), bias: tensor([3]).mul(factor) };
      optimizer.update(target, gradients);
    });
    for (const scale of [[1], [1, 2], [4], [2, 2, 2]]) {
      await step(scale);
      const sum = scale.reduce((total, value) => total + value);
      eager.update(same, { weight: tensor([[sum, -2 * sum]]), bias: tensor([3 * sum]) });
    }
    expect(step.traces).toBe(3);
    expectClose(await target.weight.data(), Array.from(await same.weight.data()));
    const [state, expected] = [optimizer.namedState(target), eager.namedState(same)];
    for (const [name, variable] of Object.entries(state)) {
      expectClose(await variable.data(), Array.from(await expected[name]!.data()));
    }
  });

  it('leaves variables that the function makes itself where they were', async () => {
    const target = model();
    const optimizer = sgd({ learningRate: 0, momentum: 0.5 });
    const step = compile((x: Tensor) => {
      optimizer.update(target, ones());
      const calls = new Variable(0, { name: 'calls', trainable: false });
      calls.assign(calls.value.add(1));
      return { calls: calls.value, size: x.sum() };
    });
    await step([1]);
    await step([1, 2]);
    expect(await (await step([1])).calls.item()).toBe(3);
  });

  it('goes on from steps that were not compiled', async () => {
    const target = model();
    const optimizer = sgd({ learningRate: 1, momentum: 0.5 });
    const step = compile(() => optimizer.update(target, ones()));
    optimizer.update(target, ones());
    await step();
    optimizer.update(target, ones());
    // Velocities 1, 1.5 and 1.75.
    expect(Array.from(await target.bias.data())).toEqual([3 - 4.25]);
    expect(Array.from(await optimizer.namedState(target)['step']!.data())).toEqual([3]);
  });
});

describe('namedState', () => {
  it('names what the next step depends on', async () => {
    const target = model();
    expect(Object.keys(sgd({ learningRate: 1 }).namedState(target))).toEqual(['step']);
    const state = adam().namedState(target);
    expect(Object.keys(state)).toEqual([
      'step',
      'weight.firstMoment',
      'weight.secondMoment',
      'bias.firstMoment',
      'bias.secondMoment',
    ]);
    expect(state['weight.firstMoment']!.shape).toEqual([1, 2]);
    expect(Object.values(state).some(({ trainable }) => trainable)).toBe(false);
    expect(state['step']!.dtype).toBe('int32');
    expect(Array.from(await state['weight.secondMoment']!.data())).toEqual([0, 0]);
  });

  it('is made once', () => {
    const target = model();
    const optimizer = adam();
    const before = optimizer.namedState(target);
    optimizer.update(target, ones());
    const after = optimizer.namedState(target);
    for (const [name, variable] of Object.entries(before)) expect(after[name]).toBe(variable);
  });

  it('counts steps past 2²⁴, where float32 stops', async () => {
    const target = model();
    const optimizer = sgd({ learningRate: 0 });
    const { step } = optimizer.namedState(target);
    step!.assign(2 ** 24);
    optimizer.update(target, ones());
    optimizer.update(target, ones());
    expect(Array.from(await step!.data())).toEqual([2 ** 24 + 2]);
  });
});

describe('chains', () => {
  it('apply transforms in order, each to the result of the one before', async () => {
    const clip: Transform<never> = {
      slots: {},
      apply: (updates) => updates.map(({ value }) => value.maximum(-1).minimum(1)),
    };
    const w = new Variable([1]);
    const chain = [clip, transforms.weightDecay(2), transforms.momentum({ factor: 0.5 })];
    const optimizer = new Optimizer({ learningRate: 1, transforms: chain });
    optimizer.update({ w }, { w: tensor([100]) }); // velocity 1 + 2
    optimizer.update({ w }, { w: tensor([-100]) }); // velocity 1.5 − 1 − 4
    expect(Array.from(await w.data())).toEqual([1 - 3 + 3.5]);
  });

  it('may look at all gradients at once', async () => {
    const clipByNorm: Transform<never> = {
      slots: {},
      apply: (updates) => {
        const squares = updates.map(({ value }) => value.square().sum());
        const norm = squares.reduce((total, each) => total.add(each)).sqrt();
        return updates.map(({ value }) => value.div(norm));
      },
    };
    const target = model();
    const optimizer = new Optimizer({ learningRate: 1, transforms: [clipByNorm] });
    optimizer.update(target, { weight: tensor([[2, 3]]), bias: tensor([6]) });
    expectClose(await target.weight.data(), [1 - 2 / 7, 2 - 3 / 7]);
    expectClose(await target.bias.data(), [3 - 6 / 7]);
  });

  it('fill slots with what the transform says', async () => {
    const counter: Transform<'count'> = {
      slots: { count: 5 },
      apply: (updates) =>
        updates.map(({ value, slots: { count } }) => {
          count.assign(count.value.add(1));
          return value;
        }),
    };
    const target = model();
    const optimizer = new Optimizer({ learningRate: 1, transforms: [counter], name: 'counting' });
    optimizer.update(target, ones());
    const count = optimizer.namedState(target)['weight.count']!;
    expect(Array.from(await count.data())).toEqual([6, 6]);
    expect(count.name).toBe('weight.count');
  });

  it('are made of transforms', () => {
    const chain = [transforms.weightDecay(1), transforms.momentum as never];
    const make = () => new Optimizer({ learningRate: 1, transforms: chain });
    const message = 'Optimizer: transforms[1] must be a transform such as transforms.weightDecay';
    expectError(make, 'ARGUMENT', message);
  });

  it('cannot keep two variables of one name', () => {
    const chain = [transforms.momentum({ factor: 0.5 }), transforms.momentum({ factor: 0.9 })];
    const make = () => new Optimizer({ learningRate: 1, transforms: chain });
    expectError(make, 'ARGUMENT', 'Optimizer: two transforms keep a variable called velocity.');
  });
});
