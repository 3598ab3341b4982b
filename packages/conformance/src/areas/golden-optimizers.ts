import { compile, full, tensor, Variable, zeros, type Tensor } from '@gradus/core';
import { checkValues } from '../assertions.js';
import type { GoldenCase, GoldenFiles } from '../golden/index.js';
import { read, type BackendTests } from '../suite.js';
import { golden as tolerance } from '../tolerances.js';

type Update = (parameter: Variable, gradient: Tensor) => void;

/** The cases of `optimizers.json` whose updates are written here; `@gradus/optim` has them all. */
const updates: Readonly<Record<string, (config: GoldenCase['config']) => Update>> = {
  sgd: gradientDescent,
  momentum: gradientDescent,
  nesterov: gradientDescent,
  sgdWeightDecay: gradientDescent,
  adam,
  adamEps: adam,
};

/** w ← w − η g, with decay and momentum as PyTorch defines them. */
function gradientDescent(config: GoldenCase['config']): Update {
  const { lr, momentum, weight_decay, nesterov } = config as Record<string, number | boolean>;
  let velocity: Variable | undefined;
  return (parameter, gradient) => {
    const decayed = gradient.add(parameter.value.mul(Number(weight_decay)));
    let step = decayed;
    if (Number(momentum) > 0) {
      velocity ??= new Variable(zeros(parameter.shape));
      velocity.assign(velocity.value.mul(Number(momentum)).add(decayed));
      step = nesterov === true ? decayed.add(velocity.value.mul(Number(momentum))) : velocity.value;
    }
    parameter.assign(parameter.value.sub(step.mul(Number(lr))));
  };
}

/** Adam with 1 − βᵗ as −expm1(t ln β), which float32 can tell from 0 at the first steps. */
function adam(config: GoldenCase['config']): Update {
  const { lr, eps } = config as Record<string, number>;
  const [beta1, beta2] = config['betas'] as [number, number];
  const correction = (steps: Tensor, beta: number): Tensor =>
    steps.mul(Math.log(beta)).expm1().neg();
  let state: { first: Variable; second: Variable; steps: Variable } | undefined;
  return (parameter, gradient) => {
    state ??= {
      first: new Variable(zeros(parameter.shape)),
      second: new Variable(zeros(parameter.shape)),
      steps: new Variable(full([], 0)),
    };
    const { first, second, steps } = state;
    steps.assign(steps.value.add(1));
    first.assign(first.value.mul(beta1).add(gradient.mul(1 - beta1)));
    second.assign(second.value.mul(beta2).add(gradient.square().mul(1 - beta2)));
    const mean = first.value.div(correction(steps.value, beta1));
    const deviation = second.value.div(correction(steps.value, beta2)).sqrt();
    parameter.assign(parameter.value.sub(mean.div(deviation.add(eps!)).mul(lr!)));
  };
}

/** Optimiser steps, in place on the device, follow PyTorch's trajectories. */
export function goldenOptimizers(tests: BackendTests, files: GoldenFiles): void {
  for (const { name, config, inputs, outputs } of files.optimizers.cases) {
    const makeUpdate = updates[name];
    if (makeUpdate === undefined) continue;
    tests.test(`${name} follows its trajectory`, async () => {
      const { shape, data } = inputs['parameter']!;
      const parameter = new Variable(tensor(data, { shape }), { name });
      const update = makeUpdate(config);
      const step = compile((gradient: Tensor) => update(parameter, gradient), {
        device: tests.device,
      });
      const [count, size] = inputs['gradients']!.shape as [number, number];
      for (let index = 0; index < count; index++) {
        const row = (values: readonly number[]): readonly number[] =>
          values.slice(index * size, (index + 1) * size);
        await step(row(inputs['gradients']!.data));
        const expected = {
          shape,
          dtype: 'float32',
          data: row(outputs['parameters']!.data),
        } as const;
        checkValues(`${name}, step ${index + 1}`, await read(parameter), expected, tolerance);
      }
    });
  }
}
