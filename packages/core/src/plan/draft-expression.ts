import type { ScalarOperation } from '../backend/expression.js';
import type { DataType } from '../dtype.js';
import type { GraphNode } from '../graph/node.js';
import type { Linear } from './linear.js';

/**
 * The planner's own expressions: like the public ones, but loads name graph nodes, and indices
 * are `Linear`, so that they can still be simplified and their axes renamed.
 */
export type DraftExpression = { readonly id: number; readonly dtype: DataType } & (
  | {
      readonly op: 'load';
      readonly node: GraphNode;
      readonly index: Linear;
      readonly mask: DraftExpression | undefined;
    }
  | { readonly op: 'constant'; readonly value: number }
  | { readonly op: 'scalar'; readonly position: number }
  | { readonly op: 'linear'; readonly index: Linear }
  | { readonly op: 'reduced'; readonly position: number }
  | {
      readonly op: ScalarOperation;
      readonly inputs: readonly DraftExpression[];
      readonly word: 0 | 1 | undefined;
    }
);

/** A draft expression that applies an operation. */
export type DraftOperation = Extract<DraftExpression, { inputs: readonly DraftExpression[] }>;

/** Whether this is an operation rather than a leaf. */
export function isDraftOperation(expression: DraftExpression): expression is DraftOperation {
  return 'inputs' in expression;
}

/** A draft expression that reads memory. */
export type DraftLoad = Extract<DraftExpression, { op: 'load' }>;

/** Calls back once for each load and index in the expressions, also for those inside of indices. */
export function visitIndices(
  roots: Iterable<DraftExpression>,
  visit: { readonly load?: (load: DraftLoad) => void; readonly index?: (index: Linear) => void },
): void {
  const seen = new Set<DraftExpression>();
  const seenIndices = new Set<string>();
  const walkIndex = (index: Linear): void => {
    if (seenIndices.has(index.key)) return;
    seenIndices.add(index.key);
    visit.index?.(index);
    for (const { atom } of index.terms.values()) {
      if (atom.kind === 'floorDiv' || atom.kind === 'mod') walkIndex(atom.of);
      if (atom.kind === 'dynamic') walk(atom.expression);
    }
  };
  const walk = (expression: DraftExpression): void => {
    if (seen.has(expression)) return;
    seen.add(expression);
    if (isDraftOperation(expression)) expression.inputs.forEach(walk);
    else if (expression.op === 'linear') walkIndex(expression.index);
    else if (expression.op === 'load') {
      walkIndex(expression.index);
      if (expression.mask !== undefined) walk(expression.mask);
      visit.load?.(expression);
    }
  };
  for (const root of roots) walk(root);
}

/** Makes draft expressions, equal ones only once: sharing falls out, identity is equality. */
export class ExpressionTable {
  readonly #expressions = new Map<string, DraftExpression>();

  /** An element of memory. */
  load(node: GraphNode, index: Linear, mask: DraftExpression | undefined): DraftExpression {
    const key = `load ${node.id} ${index.key} ${mask?.id ?? ''}`;
    return this.#intern(key, (id) => ({ id, op: 'load', dtype: node.dtype, node, index, mask }));
  }

  /** A number known to the planner. */
  constant(value: number, dtype: DataType): DraftExpression {
    const key = `constant ${Object.is(value, -0) ? '-0' : value} ${dtype}`;
    return this.#intern(key, (id) => ({ id, op: 'constant', dtype, value }));
  }

  /** A number that arrives with each run. */
  scalar(position: number, dtype: DataType): DraftExpression {
    return this.#intern(`scalar ${position}`, (id) => ({ id, op: 'scalar', dtype, position }));
  }

  /** An index as an int32 value. */
  linear(index: Linear): DraftExpression {
    return this.#intern(`linear ${index.key}`, (id) => ({
      id,
      op: 'linear',
      dtype: 'int32',
      index,
    }));
  }

  /** The result of a reduction or product, in an epilogue. */
  reduced(position: number, dtype: DataType): DraftExpression {
    return this.#intern(`reduced ${position}`, (id) => ({ id, op: 'reduced', dtype, position }));
  }

  /** A scalar operation on other expressions. */
  operation(
    op: ScalarOperation,
    dtype: DataType,
    inputs: readonly DraftExpression[],
    word?: 0 | 1,
  ): DraftExpression {
    const key = `${op} ${dtype} ${word ?? ''} ${inputs.map(({ id }) => id).join(' ')}`;
    return this.#intern(key, (id) => ({ id, op, dtype, inputs, word }));
  }

  /** Both must hold; `undefined` means always. */
  both(
    a: DraftExpression | undefined,
    b: DraftExpression | undefined,
  ): DraftExpression | undefined {
    if (a === undefined || a === b) return b;
    return b === undefined ? a : this.operation('and', 'bool', [a, b]);
  }

  #intern(key: string, make: (id: number) => DraftExpression): DraftExpression {
    let expression = this.#expressions.get(key);
    if (expression === undefined) {
      expression = make(this.#expressions.size);
      this.#expressions.set(key, expression);
    }
    return expression;
  }
}
