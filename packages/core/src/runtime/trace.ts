import type { GraphNode } from '../graph/node.js';
import { TraceError } from '../errors.js';
import { formatShape } from '../shape.js';
import { VariableVersion, type VersionedVariable } from './variable-version.js';

/** What happens to variables while a function is traced. */
export class Trace {
  /** Variables read or assigned, each with the version that stands for its value at entry. */
  readonly entries = new Map<VersionedVariable, VariableVersion>();
  /** Variables assigned, with their newest version. */
  readonly assigned = new Map<VersionedVariable, VariableVersion>();
  readonly #declared: VersionedVariable[];
  #declarations = 0;

  /**
   * Starts a trace.
   *
   * @param declared The variables that earlier traces of the same function made, in order.
   */
  constructor(declared: VersionedVariable[]) {
    this.#declared = declared;
  }

  /** Registers a new variable, or answers with the one an earlier trace made at this place. */
  declare<Declared extends VersionedVariable>(variable: Declared): Declared | undefined {
    const earlier = this.#declared[this.#declarations] as Declared | undefined;
    this.#declared[this.#declarations++] ??= variable;
    if (earlier !== undefined) assertSameKind(earlier, variable);
    return earlier;
  }

  /** The version that a read inside the trace sees. */
  versionOf(variable: VersionedVariable): VariableVersion {
    return this.assigned.get(variable) ?? this.#entryOf(variable);
  }

  /** Makes `node` what later reads inside the trace see. */
  assign(variable: VersionedVariable, node: GraphNode): void {
    this.#entryOf(variable);
    this.assigned.set(variable, new VariableVersion(variable, node));
  }

  #entryOf(variable: VersionedVariable): VariableVersion {
    let entry = this.entries.get(variable);
    if (entry === undefined) {
      entry = new VariableVersion(variable, undefined, true);
      this.entries.set(variable, entry);
    }
    return entry;
  }
}

function assertSameKind(earlier: VersionedVariable, now: VersionedVariable): void {
  const kind = ({ dtype, shape }: VersionedVariable): string => `${dtype} ${formatShape(shape)}`;
  if (kind(earlier) === kind(now)) return;
  throw new TraceError(
    `${earlier.name}: the compiled function made this variable as ${kind(earlier)} when it was first ` +
      `traced, and now makes it as ${kind(now)}. A variable keeps its shape and dtype: make it ` +
      `outside of the function, or independently of the arguments.`,
  );
}

let active: Trace | undefined;

/** The trace in progress. Tracing is synchronous, so there is at most one. */
export function currentTrace(): Trace | undefined {
  return active;
}

/** Whether `compile` is tracing a function, in which there are no values yet. */
export function isTracing(): boolean {
  return active !== undefined;
}

/**
 * Runs `build` as if nothing were traced. Variables that it makes belong to whoever keeps them, an
 * optimiser for one, rather than to the place in the traced function where they were first needed.
 */
export function untraced<Result>(build: () => Result): Result {
  return inTrace(undefined, build);
}

/** Runs `build` with `trace` in progress, or none. */
export function inTrace<Result>(trace: Trace | undefined, build: () => Result): Result {
  const outer = active;
  active = trace;
  try {
    return build();
  } finally {
    active = outer;
  }
}

/** Calls `read`; throws at once, not in a promise nobody may await, while a function is traced. */
export function reading<Result>(read: () => Result): Result {
  if (active === undefined) return read();
  throw new TraceError(
    'Reading values inside a compiled function: while it is traced there are no values yet. ' +
      'Return the tensor and read it from the result of the compiled call.',
  );
}
