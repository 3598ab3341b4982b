import { goldenFile, type GoldenCase } from '@gradus/conformance';
import { compile, tensor, Variable, type Tensor } from '@gradus/core';
import { describe, expect, it } from 'vitest';
import { adadelta, adagrad, adam, adamW, rmsProp, sgd, type Optimizer } from '../src/index.js';
import { expectClose, useCpu } from './support.js';

useCpu();

/** Options by PyTorch's names. */
interface Config {
  readonly lr: number;
  readonly weight_decay: number;
  readonly eps: number;
  readonly betas: readonly [number, number];
  readonly momentum: number;
  readonly dampening: number;
  readonly nesterov: boolean;
  readonly alpha: number;
  readonly centered: boolean;
  readonly lr_decay: number;
  readonly initial_accumulator_value: number;
  readonly rho: number;
}

/** What the configurations of most optimisers have. */
function common({ lr, eps, weight_decay }: Config) {
  return { learningRate: lr, epsilon: eps, weightDecay: weight_decay };
}

function adamOptions(config: Config) {
  return { ...common(config), beta1: config.betas[0], beta2: config.betas[1] };
}

function gradientDescent({ lr, weight_decay, momentum, dampening, nesterov }: Config): Optimizer {
  return sgd({ learningRate: lr, weightDecay: weight_decay, momentum, dampening, nesterov });
}

/** The optimiser that a golden case describes. */
const optimizers: Readonly<Record<string, (config: Config) => Optimizer>> = {
  sgd: gradientDescent,
  momentum: gradientDescent,
  nesterov: gradientDescent,
  sgdWeightDecay: gradientDescent,
  adam: (config) => adam(adamOptions(config)),
  adamEps: (config) => adam(adamOptions(config)),
  adamw: (config) => adamW(adamOptions(config)),
  rmsprop: (config) => {
    const { alpha, centered, momentum } = config;
    return rmsProp({ ...common(config), alpha, centered, momentum });
  },
  adagrad: (config) => {
    const { lr_decay: learningRateDecay, initial_accumulator_value: initialAccumulator } = config;
    return adagrad({ ...common(config), learningRateDecay, initialAccumulator });
  },
  adadelta: (config) => adadelta({ ...common(config), rho: config.rho }),
};

const { cases } = await goldenFile('optimizers');

it('has an optimiser for every case', () => {
  expect(cases.map(({ name }) => name)).toEqual(Object.keys(optimizers));
});

describe.each(cases.map((each) => [each.name, each] as const))('%s', (name, each) => {
  const { initial, gradients, trajectory } = numbersOf(each);
  const make = (): Optimizer => optimizers[name]!(each.config as object as Config);

  it('agrees with PyTorch in a compiled step', async () => {
    const [parameter, optimizer] = [new Variable(initial), make()];
    const step = compile((gradient: Tensor) =>
      optimizer.update({ parameter }, { parameter: gradient }),
    );
    for (const [index, gradient] of gradients.entries()) {
      await step(gradient);
      expectClose(await parameter.data(), trajectory[index]!);
    }
    expect(step.traces).toBe(1);
  });

  it('agrees with PyTorch step by step', async () => {
    const [parameter, optimizer] = [new Variable(initial), make()];
    for (const gradient of gradients) {
      optimizer.update({ parameter }, { parameter: tensor(gradient) });
    }
    expectClose(await parameter.data(), trajectory.at(-1)!);
  });
});

function numbersOf({ inputs, outputs }: GoldenCase) {
  const { shape, data } = inputs['gradients']!;
  const [steps, size] = shape as [number, number];
  const rows = (values: readonly number[]): number[][] =>
    Array.from({ length: steps }, (_, row) => values.slice(row * size, (row + 1) * size));
  return {
    initial: inputs['parameter']!.data,
    gradients: rows(data),
    trajectory: rows(outputs['parameters']!.data),
  };
}
