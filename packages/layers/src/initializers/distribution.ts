import { sizeOf } from '@gradus/core';
import { checkOptionNames } from '@gradus/core/arguments';
import * as random from '@gradus/random';
import type { NormalOptions, UniformOptions } from '@gradus/random';
import type { Initializer } from './initializer.js';

/**
 * Uniform in [minimum, maximum).
 *
 * @param options The bounds, both needed: [0, 1) would be a poor beginning for a weight.
 * @throws ArgumentError for unknown options; RandomError from `@gradus/random`
 *   (`INVALID_PARAMETER`) at the first use, for bounds that are not finite or not in order.
 */
export function uniform(options: Required<UniformOptions>): Initializer {
  checkOptions('uniform', options, ['minimum', 'maximum']);
  return (shape, { key }) => random.uniform(key, sizeOf(shape), options);
}

/**
 * Normal with a mean (0 if not given) and a standard deviation (1 if not given).
 *
 * @throws ArgumentError for unknown options; RandomError from `@gradus/random`
 *   (`INVALID_PARAMETER`) at the first use, for a deviation that is negative or not finite.
 */
export function normal(options: NormalOptions = {}): Initializer {
  checkOptions('normal', options, ['mean', 'standardDeviation']);
  return (shape, { key }) => random.normal(key, sizeOf(shape), options);
}

/**
 * Normal, but drawn again beyond two standard deviations, as TensorFlow's truncated normal. What is
 * left has 0.88 times the deviation that was asked for.
 *
 * @throws RandomError as {@link normal} does.
 */
export function truncatedNormal(options: NormalOptions = {}): Initializer {
  checkOptions('truncatedNormal', options, ['mean', 'standardDeviation']);
  return (shape, { key }) => random.truncatedNormal(key, sizeOf(shape), options);
}

/** Where the initialiser was not called but passed, it is given a shape, and the layer says so. */
function checkOptions(name: string, options: object, known: readonly string[]): void {
  if (!Array.isArray(options)) checkOptionNames(name, options, known);
}
