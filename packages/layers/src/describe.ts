import type { Layer } from '@gradus/core';
import { nameOf, type ActivationFunction } from './activation.js';

/** What a layer says of itself, or the name of its class. */
export function describe(layer: Layer & { toString(): string }): string {
  const text = layer.toString();
  return text.startsWith('[object ') ? `${layer.constructor.name}()` : text;
}

/** The same in one line: of a container that lists its layers, the name of its class. */
export function describeInLine(layer: Layer): string {
  const text = describe(layer);
  return text.includes('\n') ? `${layer.constructor.name}()` : text;
}

/**
 * How a layer says what it is: `signatureOf('Dense', [784, 100, relu])` is `Dense(784, 100, relu)`.
 * What is false or undefined is left out.
 */
export function signatureOf(
  name: string,
  parts: readonly (string | number | ActivationFunction | false | undefined)[],
): string {
  const present = parts.filter((part) => part !== false && part !== undefined);
  const texts = present.map((part) => (typeof part === 'function' ? nameOf(part) : part));
  return `${name}(${texts.join(', ')})`;
}
