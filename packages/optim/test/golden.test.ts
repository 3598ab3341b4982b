import { compile, tensor, Variable, type Tensor } from '@gradus/core';
import { describe, expect, it } from 'vitest';
import { adam, sgd, type Optimizer } from '../src/index.js';
import golden from './fixtures/optimizers.json' with { type: 'json' };
import { expectClose, useCpu } from './support.js';

useCpu();

type Case = (typeof golden.cases)[number];

/** The optimiser that a golden case describes in PyTorch's terms. */
function optimizerOf({
  lr,
  weight_decay,
  momentum,
  dampening,
  nesterov,
  betas,
  eps,
}: Case['config']): Optimizer {
  const options = { learningRate: lr, weightDecay: weight_decay };
  if (betas === undefined) return sgd({ ...options, momentum, dampening, nesterov });
  return adam({ ...options, beta1: betas[0], beta2: betas[1], epsilon: eps });
}

describe.each(golden.cases.map((each) => [each.name, each] as const))('%s', (_, each) => {
  const { parameter: initial, gradients } = each.inputs;
  const [steps, size] = gradients.shape as [number, number];
  const row = (data: readonly number[], step: number) => data.slice(step * size, (step + 1) * size);

  it('agrees with PyTorch in a compiled step', async () => {
    const parameter = new Variable(initial.data);
    const optimizer = optimizerOf(each.config);
    const step = compile((gradient: Tensor) =>
      optimizer.update({ parameter }, { parameter: gradient }),
    );
    for (let index = 0; index < steps; index++) {
      await step(row(gradients.data, index));
      expectClose(await parameter.data(), row(each.outputs.parameters.data, index));
    }
    expect(step.traces).toBe(1);
  });

  it('agrees with PyTorch step by step', async () => {
    const parameter = new Variable(initial.data);
    const optimizer = optimizerOf(each.config);
    for (let index = 0; index < steps; index++) {
      optimizer.update({ parameter }, { parameter: tensor(row(gradients.data, index)) });
    }
    expectClose(await parameter.data(), row(each.outputs.parameters.data, steps - 1));
  });
});
