import { tensor, Variable, type Tensor } from '@gradus/core';
import { describe, expect, it } from 'vitest';
import {
  adamW,
  isVector,
  Optimizer,
  schedules,
  sgd,
  transforms,
  type ParameterGroup,
} from '../src/index.js';
import { expectClose, expectError, useCpu } from './support.js';

useCpu();

/** A layer and a normalisation, every element 8. */
function network() {
  return {
    body: { weight: new Variable([[8]]), bias: new Variable([8]) },
    norm: { scale: new Variable([8]), offset: new Variable([8]) },
    head: { weight: new Variable([[8]]), bias: new Variable([8]) },
  };
}

const names = [
  'body.weight',
  'body.bias',
  'norm.scale',
  'norm.offset',
  'head.weight',
  'head.bias',
] as const;

/** Gradients of this value for all parameters. */
function gradients(value: number): Record<string, Tensor> {
  return Object.fromEntries(
    names.map((name) => [name, name.endsWith('weight') ? tensor([[value]]) : tensor([value])]),
  );
}

/** What one step subtracts from each parameter, in the order of `names`. */
async function changes(optimizer: Optimizer, gradient: number): Promise<number[]> {
  const model = network();
  optimizer.update(model, gradients(gradient));
  const variables = Object.values(model).flatMap((layer) => Object.values(layer));
  return Promise.all(variables.map(async (each) => 8 - (await each.data())[0]!));
}

const inBody: ParameterGroup['match'] = (name) => name.startsWith('body.');

describe('groups', () => {
  it('leave biases, scales and offsets out of the decay', async () => {
    const groups = [{ match: isVector, weightDecay: 0 }];
    const options = { learningRate: 1, weightDecay: 0.25, groups };
    expect(await changes(sgd(options), 0)).toEqual([2, 0, 0, 0, 2, 0]);
    expect(await changes(adamW(options), 0)).toEqual([2, 0, 0, 0, 2, 0]);
  });

  it('make a part decay where nothing else does', async () => {
    const optimizer = sgd({ learningRate: 1, groups: [{ match: inBody, weightDecay: 0.5 }] });
    expect(await changes(optimizer, 1)).toEqual([5, 5, 1, 1, 1, 1]);
  });

  it('lower the learning rate of a part, with the momentum as it was', async () => {
    const groups = [{ match: inBody, learningRateFactor: 0.25 }];
    const optimizer = sgd({ learningRate: 2, momentum: 0.5, groups });
    const model = network();
    for (const gradient of [1, 2]) optimizer.update(model, gradients(gradient));
    // Velocities 1 and 2.5.
    expect((await model.body.weight.data())[0]).toBe(8 - 2 * 0.25 * 3.5);
    expect((await model.head.weight.data())[0]).toBe(8 - 2 * 3.5);
    expect((await optimizer.namedState(model)['body.weight.velocity']!.data())[0]).toBe(2.5);
  });

  it('lower decoupled decay with the learning rate', async () => {
    const groups = [{ match: inBody, learningRateFactor: 0.5 }];
    const optimizer = adamW({ learningRate: 1, weightDecay: 0.25, groups });
    expect(await changes(optimizer, 0)).toEqual([1, 1, 2, 2, 2, 2]);
  });

  it('all apply that match, and the later one counts', async () => {
    const groups = [
      { match: inBody, learningRateFactor: 0.5, weightDecay: 1 },
      { match: isVector, weightDecay: 0 },
      { match: (name: string) => name === 'head.weight', learningRateFactor: 0.125 },
      { match: () => false, learningRateFactor: 100, weightDecay: 100 },
    ];
    const optimizer = sgd({ learningRate: 1, weightDecay: 0.25, groups });
    expect(await changes(optimizer, 2)).toEqual([5, 1, 2, 2, 0.5, 2]);
  });

  it('may leave an option as it is with undefined', async () => {
    const groups = [
      { match: inBody, learningRateFactor: 0.5 },
      { match: inBody, learningRateFactor: undefined, weightDecay: undefined },
    ];
    const optimizer = sgd({ learningRate: 1, weightDecay: 0.25, groups });
    expect((await changes(optimizer, 0))[0]).toBe(1);
  });

  it('follow the rate that is set and the schedule', async () => {
    const groups = [{ match: inBody, learningRateFactor: 0.5 }];
    const optimizer = sgd({ learningRate: 1, groups });
    optimizer.learningRate = 4;
    expect((await changes(optimizer, 1)).slice(1, 3)).toEqual([2, 4]);
    const scheduled = sgd({ learningRate: schedules.constant(2), groups });
    expect((await changes(scheduled, 1)).slice(1, 3)).toEqual([1, 2]);
  });

  it('are not asked about what is frozen', async () => {
    const model = network();
    model.body.weight.frozen = true;
    const asked: [string, Variable][] = [];
    const match: ParameterGroup['match'] = (name, parameter) => asked.push([name, parameter]) < 0;
    const { 'body.weight': _, ...rest } = gradients(1);
    sgd({ learningRate: 1, groups: [{ match }] }).update(model, rest);
    expect(asked.map(([name]) => name)).toEqual(names.slice(1));
    expect(asked[0]![1]).toBe(model.body.bias);
    expect((await model.body.weight.data())[0]).toBe(8);
  });

  it('reach the transforms of a chain of one’s own', async () => {
    const optimizer = new Optimizer({
      learningRate: 1,
      transforms: [transforms.weightDecay(0.5)],
      groups: [{ match: isVector, weightDecay: 0.25, learningRateFactor: 2 }],
    });
    expect(await changes(optimizer, 0)).toEqual([4, 4, 4, 4, 4, 4]);
    expect(await changes(optimizer, 2)).toEqual([6, 8, 8, 8, 6, 8]);
  });

  it('scale the steps of float64 parameters too', async () => {
    const w = new Variable(tensor([1], { dtype: 'float64' }));
    const groups = [{ match: () => true, learningRateFactor: 0.1 }];
    sgd({ learningRate: 1, groups }).update({ w }, { w: tensor([1], { dtype: 'float64' }) });
    expectClose(await w.data(), [0.9]);
  });

  it.each<[unknown, string]>([
    [{ match: isVector }, 'adamW: groups must be an array of { match, … }, got an object.'],
    [[isVector], 'adamW: groups[0]: expected an object of options ({ match, learning'],
    [[{ weightDecay: 0 }], 'groups[0]: match must be a function such as isVector, got undefined.'],
    [
      [{ match: 'bias' }],
      "adamW: groups[0]: match must be a function such as isVector, got 'bias'.",
    ],
    [
      [{ match: isVector }, { match: isVector, learningRate: 1 }],
      "adamW: groups[1]: unknown option 'learningRate'; there are match, learningRateFactor, weightDecay.",
    ],
    [
      [{ match: isVector, learningRateFactor: -1 }],
      'adamW: groups[0]: learningRateFactor must be a finite number that is not negative, got -1.',
    ],
    [[{ match: isVector, weightDecay: NaN }], 'groups[0]: weightDecay must be a finite number'],
  ])('that are none are rejected: %#', (groups, message) => {
    expectError(() => adamW({ groups: groups as ParameterGroup[] }), 'ARGUMENT', message);
  });
});
