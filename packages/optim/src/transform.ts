import { ArgumentError, type Tensor, type Variable } from '@gradus/core';
import { shown } from '@gradus/core/arguments';
import type { GroupOptions } from './groups.js';

/** What a transform works on: one parameter in one step. */
export interface Update<Slot extends string = string> {
  /** Path of the parameter in the model, as `0.weight`. */
  readonly name: string;
  /** Its value is still the one from before the step. */
  readonly parameter: Variable;
  /** The gradient, or what the transforms before made of it; shape and dtype of the parameter. */
  readonly value: Tensor;
  /** What is different for this parameter, from the optimiser's `groups`. */
  readonly group: GroupOptions;
  /** The variables that the transform keeps for this parameter. */
  readonly slots: Readonly<Record<Slot, Variable>>;
}

/** What is the same for all parameters of a step. */
export interface StepContext {
  /** How many steps came before this one, a float32 scalar. */
  readonly step: Tensor;
}

/**
 * One link of an optimiser: it turns the gradients of all parameters into something better to
 * subtract. It builds graph nodes and computes nothing.
 */
export interface Transform<Slot extends string = string> {
  /** The variables that it keeps for each parameter, shaped like it, and what fills them at first. */
  readonly slots: Readonly<Record<Slot, number>>;
  /** The new values, in the order of `updates`; it assigns the slots that change. */
  apply(updates: readonly Update<Slot>[], context: StepContext): readonly Tensor[];
}

/** Throws unless `value` is a transform; `example` is what one could have been. */
export function checkTransform(
  optimizer: string,
  name: string,
  value: Partial<Transform> | null,
  example: string,
): void {
  const { apply, slots } = value ?? {};
  if (typeof apply === 'function' && typeof slots === 'object') return;
  throw new ArgumentError(
    `${optimizer}: ${name} must be a transform such as ${example}, got ${shown(value)}.`,
  );
}

/** Throws unless `value` is an array of transforms. */
export function checkTransforms(optimizer: string, value: readonly Transform[]): void {
  if (!Array.isArray(value)) {
    throw new ArgumentError(
      `${optimizer}: transforms must be an array of transforms, got ${shown(value)}.`,
    );
  }
  value.forEach((each: Transform, position) =>
    checkTransform(optimizer, `transforms[${position}]`, each, 'transforms.weightDecay(0.1)'),
  );
}
