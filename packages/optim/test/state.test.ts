import { compile, Variable, type Tensor, type TypedArray } from '@gradus/core';
import { describe, expect, it } from 'vitest';
import { clipByGlobalNorm, isVector, type Optimizer } from '../src/index.js';
import { everyOptimizer } from './every-optimizer.js';
import { useCpu } from './support.js';

useCpu();

const options = {
  clip: clipByGlobalNorm(1),
  groups: [{ match: isVector, learningRateFactor: 0.3, weightDecay: 0 }],
};

/** A model, and a compiled step at gradients that differ from step to step. */
function training(optimizer: Optimizer, fill: number) {
  const model = {
    weight: new Variable([
      [fill, -fill],
      [2 * fill, 0],
    ]),
    bias: new Variable([fill]),
  };
  const step = compile((time: Tensor) => {
    const weight = model.weight.value.add(1).mul(time).sin();
    optimizer.update(model, { weight, bias: time.cos().reshape([1]) });
  });
  const variables = () => ({ ...model, ...optimizer.namedState(model) });
  return { model, step, variables };
}

async function save(variables: Record<string, Variable>): Promise<Record<string, TypedArray>> {
  const entries = Object.entries(variables).map(
    async ([name, variable]) => [name, await variable.data()] as const,
  );
  return Object.fromEntries(await Promise.all(entries));
}

describe.each(everyOptimizer)('%s', (_, make, slots) => {
  it('names its state', () => {
    const { model } = training(make(), 1);
    const names = ['weight', 'bias'].flatMap((name) => slots.map((slot) => `${name}.${slot}`));
    expect(Object.keys(make().namedState(model))).toEqual(['step', ...names]);
  });

  /** What a run of eight steps ends with, and one that was restored after four of them. */
  async function runs(restored: (run: ReturnType<typeof training>) => Record<string, Variable>) {
    const [whole, resumed] = [training(make(options), 0.5), training(make(options), 7)];
    for (let time = 0; time < 4; time++) await whole.step(time);
    const saved = await save(whole.variables());
    for (const [name, variable] of Object.entries(restored(resumed))) {
      variable.assign({ data: saved[name]!, shape: variable.shape });
    }
    for (let time = 4; time < 8; time++) await Promise.all([whole.step(time), resumed.step(time)]);
    expect([whole.step.traces, resumed.step.traces]).toEqual([1, 1]);
    return Promise.all([save(whole.variables()), save(resumed.variables())]);
  }

  it('resumes bit for bit', async () => {
    const [whole, resumed] = await runs((run) => run.variables());
    expect(resumed).toEqual(whole);
  });

  it('needs its state for that', async () => {
    const [whole, resumed] = await runs((run) => run.model);
    const same = String(resumed['weight']) === String(whole['weight']);
    expect(same).toBe(slots.length === 0);
  });
});
