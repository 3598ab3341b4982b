import type { Expression } from '../backend/expression.js';
import type {
  Kernel,
  KernelOutput,
  MatrixOperand,
  ReductionOperation,
  RowKernel,
  RowPhase,
} from '../backend/kernels.js';
import type { GraphNode } from '../graph/node.js';
import { resolvedInputs } from './describe.js';
import { isDraftOperation, type DraftExpression } from './draft-expression.js';
import type { BuiltDraft } from './draft-builder.js';
import { reducedShape, type Store } from './draft.js';
import { coalesce, coalesceRows, keepAxes, type AxisMap } from './coalesce.js';
import {
  axisCoordinate,
  integer,
  integerOperation,
  integerProduct,
  integerSum,
} from './integer-expression.js';
import { substitute, type Atom, type Linear } from './linear.js';
import { operandView } from './movement.js';
import { emitWindow } from './emit-window.js';
import type { Step } from './rows.js';

/** Positions in `plan.buffers` of what kernels read and write. */
export interface BufferNumbers {
  readonly read: (node: GraphNode) => number;
  readonly written: (store: Store) => number;
}

/** Kernels whose axes have a meaning of their own. */
const fixedSpaces: ReadonlySet<string> = new Set(['matMul', 'conv2d', 'pool2d', 'unpool2d']);

/** Turns a step into a kernel of the public language. */
export function emitStep({ drafts, rowAxes }: Step, buffers: BufferNumbers): Kernel {
  const [first] = drafts as readonly [BuiltDraft];
  if (rowAxes === 0) return emitKernel(first, axesOf(first), buffers);
  const { rows, maps } = coalesceRows(drafts.map(spaceOf), rowAxes);
  const phases = drafts.map((built, index) => emitKernel(built, maps[index]!, buffers) as RowPhase);
  return {
    kind: 'row',
    name: phases.map(({ name }) => name).join(', '),
    shape: rows,
    phases,
  };
}

function spaceOf({ draft, values, prologues }: BuiltDraft): Parameters<typeof coalesce>[0] {
  const inner = draft.kind === 'reduce' ? reducedShape(draft.hosts[0]!) : [];
  return { expressions: [...values, ...prologues], outer: draft.shape, inner };
}

function axesOf(built: BuiltDraft): AxisMap {
  const { kind, shape } = built.draft;
  return fixedSpaces.has(kind) ? keepAxes(shape) : coalesce(spaceOf(built));
}

function emitKernel(
  built: BuiltDraft,
  axes: AxisMap,
  buffers: BufferNumbers,
): Exclude<Kernel, RowKernel> {
  const { draft, values, prologues } = built;
  const name = built.primitives.length === 0 ? 'copy' : built.primitives.join('+');
  const emitter = new ExpressionEmitter(axes, buffers);
  const outputs = (): KernelOutput[] =>
    draft.stores.map((store, index) => ({
      buffer: buffers.written(store),
      value: emitter.emit(values[index]!),
    }));
  switch (draft.kind) {
    case 'map':
      return { kind: 'map', name, shape: axes.outer, outputs: outputs() };
    case 'reduce':
      return {
        kind: 'reduce',
        name,
        shape: axes.outer,
        reduceShape: axes.inner,
        reductions: draft.hosts.map((host, index) => ({
          operation: host.primitive as ReductionOperation,
          dtype: host.dtype,
          value: emitter.emit(prologues[index]!),
        })),
        outputs: outputs(),
      };
    case 'matMul': {
      const [host] = draft.hosts as [GraphNode];
      const [left, right] = resolvedInputs(host) as [GraphNode, GraphNode];
      return {
        kind: 'matMul',
        name,
        dtype: host.dtype,
        shape: draft.shape,
        depth: left.shape[left.shape.length - 1]!,
        left: emitOperand(left, buffers),
        right: emitOperand(right, buffers),
        outputs: outputs(),
      };
    }
    case 'conv2d':
    case 'pool2d':
    case 'unpool2d':
      return emitWindow(draft, name, outputs(), buffers.read);
    case 'scatterAdd':
      return {
        kind: 'scatterAdd',
        name,
        shape: axes.outer,
        index: emitter.emit(prologues[0]!),
        value: emitter.emit(prologues[1]!),
        buffer: buffers.written(draft.stores[0]!),
      };
  }
}

function emitOperand(operand: GraphNode, buffers: BufferNumbers): MatrixOperand {
  const view = operandView(operand);
  const rank = operand.shape.length;
  const [rows, columns] = operand.shape.slice(-2) as [number, number];
  const strides = view?.strides ?? contiguousStrides(operand.shape);
  // The stride of an extent of 1 is free: choose the one that makes the matrix look contiguous.
  const columnStride = columns === 1 && strides[rank - 2] !== 1 ? 1 : strides[rank - 1]!;
  const rowStride = rows === 1 && columnStride !== 1 ? 1 : strides[rank - 2]!;
  return {
    buffer: buffers.read(view?.base ?? operand),
    offset: view?.offset ?? 0,
    batchStrides: strides.slice(0, -2),
    rowStride,
    columnStride,
  };
}

function contiguousStrides(shape: readonly number[]): number[] {
  return shape.map((_, axis) => shape.slice(axis + 1).reduce((a, b) => a * b, 1));
}

/** Emits each draft expression once, so that sharing survives. */
class ExpressionEmitter {
  readonly #axes: AxisMap;
  readonly #buffers: BufferNumbers;
  readonly #emitted = new Map<DraftExpression, Expression>();
  readonly #indices = new Map<string, Expression>();

  constructor(axes: AxisMap, buffers: BufferNumbers) {
    this.#axes = axes;
    this.#buffers = buffers;
  }

  emit(draft: DraftExpression): Expression {
    let expression = this.#emitted.get(draft);
    if (expression === undefined) {
      expression = this.#translate(draft);
      this.#emitted.set(draft, expression);
    }
    return expression;
  }

  #translate(draft: DraftExpression): Expression {
    const { dtype } = draft;
    if (isDraftOperation(draft)) {
      const inputs = draft.inputs.map((input) => this.emit(input));
      const word = draft.word === undefined ? {} : { word: draft.word };
      return { op: draft.op, dtype, inputs, ...word };
    }
    switch (draft.op) {
      case 'load': {
        const mask = draft.mask === undefined ? {} : { mask: this.emit(draft.mask) };
        const index = this.#index(draft.index);
        return { op: 'load', dtype, buffer: this.#buffers.read(draft.node), index, ...mask };
      }
      case 'linear':
        return this.#index(draft.index);
      case 'constant':
        return { op: 'constant', dtype, value: draft.value };
      case 'scalar':
        return { op: 'scalar', dtype, position: draft.position };
      case 'reduced':
        return { op: 'reduced', dtype, position: draft.position };
    }
  }

  #index(linear: Linear): Expression {
    return this.#linear(substitute(linear, this.#axes.axis));
  }

  #linear(linear: Linear): Expression {
    let expression = this.#indices.get(linear.key);
    if (expression === undefined) {
      expression = this.#sum(linear);
      this.#indices.set(linear.key, expression);
    }
    return expression;
  }

  #sum(linear: Linear): Expression {
    const operands = [...linear.terms.values()].map(({ atom, coefficient }) =>
      integerProduct(this.#atom(atom), coefficient),
    );
    return [...operands, integer(linear.constant)].reduce(integerSum);
  }

  #atom(atom: Atom): Expression {
    switch (atom.kind) {
      case 'axis':
        return axisCoordinate(atom.axis);
      case 'floorDiv':
      case 'mod':
        return integerOperation(atom.kind, this.#linear(atom.of), integer(atom.by));
      case 'dynamic':
        return this.emit(atom.expression);
    }
  }
}
