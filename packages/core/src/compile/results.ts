import { ArgumentError, TraceError } from '../errors.js';
import type { GraphNode } from '../graph/node.js';
import { isHandle } from '../handle.js';
import { Tensor } from '../tensor.js';

/** Rebuilds what a traced function returned, around the tensors of one run. */
export type ResultBuilder = (tensors: readonly Tensor[]) => unknown;

/**
 * Takes apart what a traced function returned: tensors and variables become outputs of the
 * program, arrays and plain objects keep their structure, other values are returned as they are.
 */
export function parseResult(value: unknown, outputs: GraphNode[]): ResultBuilder {
  if (isHandle(value)) {
    const position = outputs.push(value.node) - 1;
    return (tensors) => tensors[position];
  }
  if (value instanceof Promise) {
    value.catch(() => undefined);
    throw new TraceError(
      'compile: the function is async. Tracing is synchronous: build the graph without awaiting, ' +
        'and await the compiled call.',
    );
  }
  if (Array.isArray(value)) {
    const items = value.map((item) => parseResult(item, outputs));
    return (tensors) => items.map((build) => build(tensors));
  }
  if (typeof value === 'object' && value !== null) {
    const prototype: unknown = Object.getPrototypeOf(value);
    if (prototype !== Object.prototype && prototype !== null) {
      throw new ArgumentError(
        `compile: the function returned a ${value.constructor.name}; return tensors, or arrays and plain objects of them.`,
      );
    }
    const entries = Object.entries(value).map(
      ([name, item]) => [name, parseResult(item, outputs)] as const,
    );
    return (tensors) => Object.fromEntries(entries.map(([name, build]) => [name, build(tensors)]));
  }
  return () => value;
}
