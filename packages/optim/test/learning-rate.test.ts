import { compile, tensor, Variable, type Tensor } from '@gradus/core';
import { describe, expect, it } from 'vitest';
import { schedules, sgd, type Optimizer, type Schedule } from '../src/index.js';
import { expectClose, expectError, useCpu } from './support.js';

useCpu();

/** A compiled step that subtracts the learning rate, and what has been subtracted so far. */
function descent(optimizer: Optimizer) {
  const w = new Variable([0]);
  const step = compile((gradient: Tensor) => optimizer.update({ w }, { w: gradient }));
  const travelled = async () => -(await w.data())[0]!;
  return { step: () => step([1]), travelled, traces: () => step.traces, w };
}

/** The learning rates of the first steps. */
async function rates(learningRate: Schedule, steps: number): Promise<number[]> {
  const { step, travelled, traces } = descent(sgd({ learningRate }));
  const found: number[] = [];
  let before = 0;
  for (let index = 0; index < steps; index++) {
    await step();
    const now = await travelled();
    found.push(now - before);
    before = now;
  }
  expect(traces()).toBe(1);
  return found;
}

describe('a number', () => {
  it('can be changed between compiled steps', async () => {
    const optimizer = sgd({ learningRate: 1 });
    const { step, travelled, traces } = descent(optimizer);
    await step();
    optimizer.learningRate = 0.25;
    await step();
    await step();
    optimizer.learningRate = 8;
    await step();
    expect(await travelled()).toBe(1 + 0.25 + 0.25 + 8);
    expect(optimizer.learningRate).toBe(8);
    expect(traces()).toBe(1);
  });

  it('holds for the steps called after it was set, whenever they are awaited', async () => {
    const optimizer = sgd({ learningRate: 1 });
    const { step, travelled } = descent(optimizer);
    const first = step();
    optimizer.learningRate = 2;
    const second = step();
    optimizer.learningRate = 4;
    await Promise.all([first, second, step()]);
    expect(await travelled()).toBe(7);
  });

  it('cannot become a schedule', () => {
    const set = () => (sgd({ learningRate: 1 }).learningRate = schedules.constant(1));
    expectError(set, 'ARGUMENT', 'sgd: a schedule can be neither set nor replaced');
  });

  it('can be set before the first step', async () => {
    const optimizer = sgd({ learningRate: 1 });
    optimizer.learningRate = 3;
    const { step, travelled } = descent(optimizer);
    await step();
    expect(await travelled()).toBe(3);
  });

  it.each([-1, NaN, Infinity, '0.1', undefined])('cannot be %j', (value) => {
    const message = 'sgd: learningRate must be a finite number that is not negative';
    const make = () => sgd({ learningRate: value as number });
    expectError(make, 'ARGUMENT', message);
    const set = () => Reflect.set(sgd({ learningRate: 1 }), 'learningRate', value);
    expectError(set, 'ARGUMENT', message);
  });
});

describe('a schedule', () => {
  it('constant is constant', async () => {
    expect(await rates(schedules.constant(0.5), 3)).toEqual([0.5, 0.5, 0.5]);
  });

  it('exponentialDecay is minimum + amplitude · e^(−step / timeConstant)', async () => {
    const options = { minimum: 0.1, amplitude: 3, timeConstant: 2 };
    const expected = [0, 1, 2, 3, 4, 5].map((step) => 0.1 + 3 * Math.exp(-step / 2));
    expectClose(await rates(schedules.exponentialDecay(options), 6), expected);
  });

  it('exponential multiplies by its factor', async () => {
    const schedule = schedules.exponential({ initial: 2, factor: 0.5 });
    expectClose(await rates(schedule, 4), [2, 1, 0.5, 0.25]);
    expect(await rates(schedules.exponential({ initial: 2, factor: 1 }), 2)).toEqual([2, 2]);
  });

  it('may be any scalar function of the step', async () => {
    expect(await rates((step) => step.mul(2).add(1), 4)).toEqual([1, 3, 5, 7]);
  });

  it('follows the restored step', async () => {
    const optimizer = sgd({ learningRate: (step) => step });
    const { step, travelled, w } = descent(optimizer);
    optimizer.namedState({ w })['step']!.assign(100);
    await step();
    await step();
    expect(await travelled()).toBe(201);
  });

  it('cannot be replaced: compiled steps have it in them', () => {
    const optimizer = sgd({ learningRate: schedules.constant(1) });
    const set = () => (optimizer.learningRate = 1);
    expectError(set, 'ARGUMENT', 'sgd: a schedule can be neither set nor replaced');
    expect(optimizer.learningRate).toBeTypeOf('function');
  });

  it('must return a scalar', () => {
    const optimizer = sgd({ learningRate: () => tensor([1]) });
    const update = () => optimizer.update({ w: new Variable([0]) }, { w: tensor([1]) });
    expectError(update, 'SHAPE', 'sgd: a schedule must return a scalar, got [1].');
  });

  it.each<[() => Schedule, string]>([
    [() => schedules.constant(-1), 'constant: value must be a finite number'],
    [
      () => schedules.exponentialDecay({ amplitude: NaN, timeConstant: 1 }),
      'exponentialDecay: amplitude must be a finite number that is not negative, got NaN.',
    ],
    [
      () => schedules.exponentialDecay({ amplitude: 1, timeConstant: 0 }),
      'exponentialDecay: timeConstant must be a positive number, got 0.',
    ],
    [
      () => schedules.exponentialDecay({ amplitude: 1, timeConstant: 1, minimum: -1 }),
      'exponentialDecay: minimum must be',
    ],
    [() => schedules.exponential({ initial: 1, factor: 0 }), 'factor must be in (0, 1], got 0.'],
    [() => schedules.exponential({ initial: -1, factor: 1 }), 'exponential: initial must be'],
  ])('rejects numbers out of range: %#', (make, message) => {
    expectError(make, 'ARGUMENT', message);
  });
});
