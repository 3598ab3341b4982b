import { grad } from '@gradus/autograd';
import { compile, namedParameters, type Tensor } from '@gradus/core';
import { expect } from 'vitest';

/** A step of plain gradient descent, so that tests of layers need no optimiser. */
export function descend(model: object, loss: Tensor, rate: number): void {
  const gradients = grad(loss, model) as Record<string, Tensor>;
  for (const [name, parameter] of Object.entries(namedParameters(model))) {
    parameter.assign(parameter.value.sub(gradients[name]!.mul(rate)));
  }
}

/** The loss after `steps` steps of a compiled function, which must be traced once. */
export async function lossAfter(
  steps: number,
  { model, loss, rate }: { readonly model: object; readonly loss: () => Tensor; rate: number },
): Promise<number> {
  const step = compile(() => {
    const current = loss();
    descend(model, current, rate);
    return current;
  });
  for (let index = 1; index < steps; index++) await step();
  const last = await (await step()).item();
  expect(step.traces).toBe(1);
  return last;
}
