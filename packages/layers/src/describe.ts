import type { Layer } from '@gradus/core';

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
