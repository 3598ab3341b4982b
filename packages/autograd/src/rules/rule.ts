import type { PrimitiveAttributes, PrimitiveName, Tensor } from '@gradus/core';

/** What a rule may use besides the gradient of the output and the inputs. */
export interface Step<Name extends PrimitiveName> {
  readonly output: Tensor;
  readonly attributes: PrimitiveAttributes[Name];
}

/** From the gradient of a primitive's output, of the output's shape, the gradient of one input. */
type InputGradient<Name extends PrimitiveName> = (
  gradient: Tensor,
  step: Step<Name>,
  ...inputs: Tensor[]
) => Tensor;

/** The gradients of all inputs together, for primitives of any number of inputs. */
type EveryGradient<Name extends PrimitiveName> = (
  gradient: Tensor,
  step: Step<Name>,
  ...inputs: Tensor[]
) => readonly (Tensor | undefined)[];

/**
 * How gradients pass through a primitive: one function per input, `undefined` or missing where
 * none passes. The inputs of elementwise primitives already have the shape of the output.
 */
type Rule<Name extends PrimitiveName> =
  readonly (InputGradient<Name> | undefined)[] | EveryGradient<Name>;

/** A rule for every primitive: one that is missing does not compile. */
export type RuleTable = { readonly [Name in PrimitiveName]: Rule<Name> };

/** The rule of primitives through which no gradient passes. */
export const none = [] as const;
