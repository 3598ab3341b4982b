import { formatShape, GradientError, sameShape, type Tensor } from '@gradus/core';
import type { Step } from './rule.js';

/** What the user's function answers, checked; nothing passes to the output's own computation. */
export function customGradients(
  gradient: Tensor,
  { output, attributes }: Step<'customGradient'>,
  _output: Tensor,
  ...inputs: Tensor[]
): readonly (Tensor | undefined)[] {
  const gradients = attributes.backward(gradient, output, inputs);
  if (gradients.length !== inputs.length) {
    throw new GradientError(
      `customGradient: backward returned ${gradients.length} gradients for ${inputs.length} inputs; ` +
        `return undefined for an input without one.`,
    );
  }
  inputs.forEach((input, position) => {
    const given = gradients[position];
    if (given === undefined) return;
    if (given.dtype !== input.dtype || !sameShape(given.shape, input.shape)) {
      throw new GradientError(
        `customGradient: the gradient of input ${position} is ${given.dtype} ${formatShape(given.shape)}, ` +
          `but the input is ${input.dtype} ${formatShape(input.shape)}.`,
      );
    }
  });
  return [undefined, ...gradients];
}
