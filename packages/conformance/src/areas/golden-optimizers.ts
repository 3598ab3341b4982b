import { compile, full, tensor, Variable, zeros, type Tensor } from '@gradus/core';
import { checkValues } from '../assertions.js';
import type { GoldenCase, GoldenFiles } from '../golden/index.js';
import { read, type BackendTests } from '../suite.js';
import { golden as tolerance } from '../tolerances.js';

type Config = GoldenCase['config'];
type Update = (parameter: Variable, gradient: Tensor) => void;

/** The updates of `optimizers.json` in plain operations. */
const updates: Readonly<Record<string, (config: Config) => Update>> = {
  sgd: gradientDescent,
  momentum: gradientDescent,
  nesterov: gradientDescent,
  sgdWeightDecay: gradientDescent,
  adam,
  adamEps: adam,
  adamw: adam,
  rmsprop: rootMeanSquare,
  adagrad,
  adadelta,
};

/** w ← w − η g, with decay and momentum as PyTorch defines them. */
function gradientDescent(config: Config): Update {
  const { lr, momentum, weight_decay, nesterov } = config as Record<string, number | boolean>;
  const velocity = slot();
  return (parameter, gradient) => {
    const decayed = gradient.add(parameter.value.mul(Number(weight_decay)));
    let step = decayed;
    if (Number(momentum) > 0) {
      const kept = velocity(parameter);
      kept.assign(kept.value.mul(Number(momentum)).add(decayed));
      step = nesterov === true ? decayed.add(kept.value.mul(Number(momentum))) : kept.value;
    }
    parameter.assign(parameter.value.sub(step.mul(Number(lr))));
  };
}

/** Adam with 1 − βᵗ as −expm1(t ln β), which float32 can tell from 0 at the first steps. */
function adam(config: Config): Update {
  const { lr, eps, weight_decay } = config as Record<string, number>;
  const [beta1, beta2] = config['betas'] as [number, number];
  const correction = (steps: Tensor, beta: number): Tensor =>
    steps.mul(Math.log(beta)).expm1().neg();
  const [first, second] = [slot(), slot()];
  let steps: Variable | undefined;
  return (parameter, gradient) => {
    steps ??= new Variable(full([], 0));
    steps.assign(steps.value.add(1));
    const mean = average(first(parameter), beta1, gradient).div(correction(steps.value, beta1));
    const meanSquare = average(second(parameter), beta2, gradient.square());
    const deviation = meanSquare.div(correction(steps.value, beta2)).sqrt();
    // Only AdamW's cases decay, and theirs bypasses the moments.
    const step = mean.div(deviation.add(eps!)).add(parameter.value.mul(weight_decay!));
    parameter.assign(parameter.value.sub(step.mul(lr!)));
  };
}

/** RMSProp: the mean square under a root, ε outside of it. */
function rootMeanSquare(config: Config): Update {
  const { lr, alpha, eps } = config as Record<string, number>;
  const square = slot();
  return (parameter, gradient) => {
    const root = average(square(parameter), alpha!, gradient.square()).sqrt();
    parameter.assign(parameter.value.sub(gradient.div(root.add(eps!)).mul(lr!)));
  };
}

/** Adagrad: the root of the sum of all squares so far. */
function adagrad(config: Config): Update {
  const { lr, eps } = config as Record<string, number>;
  const squares = slot();
  return (parameter, gradient) => {
    const sum = squares(parameter);
    sum.assign(sum.value.add(gradient.square()));
    const root = sum.value.sqrt().add(eps!);
    parameter.assign(parameter.value.sub(gradient.div(root).mul(lr!)));
  };
}

/** Adadelta: steps as large as the last ones were. */
function adadelta(config: Config): Update {
  const { lr, rho, eps } = config as Record<string, number>;
  const [squares, steps] = [slot(), slot()];
  return (parameter, gradient) => {
    const root = average(squares(parameter), rho!, gradient.square()).add(eps!).sqrt();
    const before = steps(parameter).value.add(eps!).sqrt();
    const step = before.div(root).mul(gradient);
    average(steps(parameter), rho!, step.square());
    parameter.assign(parameter.value.sub(step.mul(lr!)));
  };
}

/** A variable like the parameter, made at first use and filled with 0. */
function slot(): (parameter: Variable) => Variable {
  let made: Variable | undefined;
  return (parameter) => (made ??= new Variable(zeros(parameter.shape)));
}

/** Moves an exponential moving average on, and returns the new one. */
function average(variable: Variable, kept: number, value: Tensor): Tensor {
  variable.assign(variable.value.mul(kept).add(value.mul(1 - kept)));
  return variable.value;
}

/** Optimiser steps, in place on the device, follow PyTorch's trajectories. */
export function goldenOptimizers(tests: BackendTests, files: GoldenFiles): void {
  for (const { name, config, inputs, outputs } of files.optimizers.cases) {
    tests.test(`${name} follows its trajectory`, async () => {
      const { shape, data } = inputs['parameter']!;
      const parameter = new Variable(tensor(data, { shape }), { name });
      const update = updates[name]!(config);
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
