import type { DataType } from '../dtype.js';
import type { GraphNode } from '../graph/node.js';
import { VariableStateError } from '../errors.js';
import type { Shape } from '../shape.js';
import type { Device } from './device.js';
import type { TensorStorage } from './storage.js';

/** What the engine needs of a variable. */
export interface VersionedVariable {
  /** Different for every variable. */
  readonly id: number;
  readonly name: string;
  readonly shape: Shape;
  readonly dtype: DataType;
  current: VariableVersion;
  /** Where its values live, from the first realisation on. */
  device: Device | undefined;
}

/**
 * One value in the life of a variable. Each `assign` makes a new version; reads capture the
 * version that is current in program order.
 */
export class VariableVersion {
  readonly variable: VersionedVariable;
  /** Whether this stands, inside a trace, for whatever version is current when the program runs. */
  readonly entry: boolean;
  /** What to compute, until it has been. */
  definition: GraphNode | undefined;
  /** The values, from the moment their run is enqueued. */
  storage: TensorStorage | undefined;
  /** Whether somebody outside of a compiled program may still read it: then it is never overwritten. */
  escaped = false;
  /** Why the value is unknown or gone. */
  failure: Error | undefined;
  /** The node that reads this version; one, so that equal reads are equal nodes. */
  reader: GraphNode<'variable'> | undefined;

  constructor(variable: VersionedVariable, definition?: GraphNode, entry = false) {
    this.variable = variable;
    this.definition = definition;
    this.entry = entry;
  }

  /** Throws when the run that was writing this version failed, or the variable is disposed. */
  assertKnown(): void {
    if (this.failure !== undefined) throw this.failure;
  }

  /** The run that was writing this version failed: so will every run that was going to read it. */
  fail(cause: unknown): void {
    this.failure ??= new VariableStateError(
      `${this.variable.name}: the run that was writing this variable failed, its value is unknown. ` +
        `Assign it or restore a checkpoint.`,
      { cause },
    );
    if (this.storage !== undefined) this.storage.failure = this.failure;
  }
}
