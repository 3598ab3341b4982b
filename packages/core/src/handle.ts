import { DuplicateCoreError } from './errors.js';
import type { GraphNode } from './graph/node.js';

/** Marks tensors and variables across copies of this package: the value tells the copies apart. */
export const handleBrand: unique symbol = Symbol.for('gradus.handle') as never;

/** Unique to this copy of `@gradus/core`. */
export const coreInstance = { version: 1 };

/** A tensor or variable: something with a place in the graph. */
export interface GraphHandle {
  readonly [handleBrand]: object;
  readonly node: GraphNode;
}

/**
 * Whether `value` is a tensor or variable of this copy of core. Throws `DuplicateCoreError` for
 * one of another copy, with which nothing could be computed.
 */
export function isHandle(value: unknown): value is GraphHandle {
  if (typeof value !== 'object' || value === null || !(handleBrand in value)) return false;
  if (value[handleBrand] !== coreInstance) {
    throw new DuplicateCoreError(
      'This tensor was made by another copy of @gradus/core. Two copies are installed: make every ' +
        'package use one (npm ls @gradus/core shows them; peer dependencies of one version remove them).',
    );
  }
  return true;
}
