import type { Plan } from '../backend/kernels.js';
import { data, variableRead } from '../graph/leaf.js';
import { isPrimitive, type GraphNode } from '../graph/node.js';
import {
  describeGraph,
  type GraphDescription,
  type GraphRequest,
  type Update,
} from '../plan/describe.js';
import { CachedPlan } from '../plan/planned.js';
import type { Device } from '../runtime/device.js';
import { enqueueOutputs, enqueueRun, leafScalar, leafStorage } from '../runtime/pending-run.js';
import { flushAssignments } from '../runtime/realize.js';
import type { RunOutput } from '../runtime/run.js';
import { TensorStorage } from '../runtime/storage.js';
import { inTrace, Trace } from '../runtime/trace.js';
import { VariableVersion, type VersionedVariable } from '../runtime/variable-version.js';
import { sizeOf } from '../shape.js';
import { Tensor } from '../tensor.js';
import { tracedArgument, type Argument } from './arguments.js';
import { compiledPlan, type CompiledPlan } from './compiled-plan.js';
import { parseResult, type ResultBuilder } from './results.js';

/** A program as one device runs it. */
interface Planned {
  readonly description: GraphDescription;
  readonly planned: CachedPlan;
}

/** A traced function for one signature: a graph and what its leaves are bound to. */
export class Program {
  readonly #request: GraphRequest;
  readonly #known: (node: GraphNode) => boolean;
  /** Leaves that the function captured rather than received. */
  readonly #captured: readonly GraphNode[];
  readonly #placeholders: ReadonlyMap<GraphNode, number>;
  readonly #build: ResultBuilder;
  readonly #variables: readonly VersionedVariable[];
  readonly #written: readonly VersionedVariable[];
  readonly #plans = new WeakMap<Device, Planned>();

  /**
   * Traces `fn`.
   *
   * @param declared Variables that the function makes while it is traced, shared by its programs.
   */
  constructor(
    fn: (...args: never[]) => unknown,
    args: readonly Argument[],
    declared: VersionedVariable[],
  ) {
    const trace = new Trace(declared);
    const placeholders: GraphNode<'placeholder'>[] = [];
    const outputs: GraphNode[] = [];
    this.#build = inTrace(trace, () => {
      const traced = args.map((arg, index) =>
        tracedArgument(arg, `argument ${index + 1}`, placeholders),
      );
      return parseResult(fn(...(traced as never[])), outputs);
    });
    this.#placeholders = new Map(placeholders.map((node, position) => [node, position]));
    const updates: Update[] = [];
    for (const [variable, version] of trace.assigned) {
      const entry = variableRead(trace.entries.get(variable)!);
      updates.push({ value: version.definition!, entry });
    }
    const entries = new Set(Array.from(trace.entries.values(), variableRead));
    this.#known = (node) => this.#placeholders.has(node) || entries.has(node as never);
    this.#request = { outputs, updates };
    this.#captured = describeGraph(this.#request, this.#known).inputs.filter(
      (node) => !this.#known(node),
    );
    this.#variables = [...trace.entries.keys()];
    this.#written = [...trace.assigned.keys()];
  }

  /** Where the variables it reads or assigns and the tensors it captured live. */
  get devices(): (Device | undefined)[] {
    return [
      ...this.#variables.map(({ device }) => device),
      ...this.#captured.map((node) => leafStorage(node).device),
    ];
  }

  /** The plan for a device, made when first needed. */
  plan(device: Device): Plan {
    return this.#planned(device).planned.plan;
  }

  /** The same, compiled if need be. */
  compiled(device: Device): Promise<CompiledPlan> {
    return compiledPlan(device, this.#planned(device).planned);
  }

  /**
   * Enqueues a run and advances the variables it writes, before it returns. The leaves' nodes are
   * realised, or being realised, already.
   */
  run(
    device: Device,
    leaves: readonly (GraphNode | number)[],
  ): { result: unknown; settled: Promise<void> } {
    const { description, planned } = this.#planned(device);
    flushAssignments(device, this.#variables).catch(() => undefined);
    for (const { current } of this.#variables) current.assertKnown();
    const leaving = this.#written.map((variable) => supersede(device, variable));
    const outputs: RunOutput[] = description.outputs.map((node) => ({
      storage: resultStorage(device, node),
      keepOnDevice: false,
    }));
    const inputs = description.inputs.map((node) => this.#storageOf(node, leaves));
    const scalars = Float64Array.from(description.scalars, (node) => {
      const position = this.#placeholders.get(node);
      return position === undefined ? leafScalar(node) : (leaves[position] as number);
    });
    const failed = (error: Error): void => {
      // What could not be planned has written nothing.
      if (planned.exists) for (const version of leaving) version.fail(error);
      for (const { storage } of outputs) storage.failure = error;
    };
    const listeners = [{ succeeded: () => undefined, failed }];
    const settled = enqueueRun({ device, planned, inputs, outputs, scalars }, listeners);
    const tensors = outputs.map(
      ({ storage }, index) => new Tensor(data(storage, description.outputs[index]!.shape)),
    );
    return { result: this.#build(tensors), settled };
  }

  #planned(device: Device): Planned {
    let planned = this.#plans.get(device);
    if (planned === undefined) {
      // Described anew: captured expressions may have become data since the trace.
      const description = describeGraph(this.#request, this.#known);
      planned = { description, planned: new CachedPlan(description, device.capabilities) };
      this.#plans.set(device, planned);
    }
    return planned;
  }

  /** The memory of a leaf; that of a variable which is written is where its new version goes. */
  #storageOf(node: GraphNode, leaves: readonly (GraphNode | number)[]): TensorStorage {
    const position = this.#placeholders.get(node);
    if (position !== undefined) return leafStorage(leaves[position] as GraphNode);
    if (!isPrimitive(node, 'variable') || !node.attributes.version.entry) return leafStorage(node);
    return node.attributes.version.variable.current.storage!;
  }
}

/**
 * Makes the version that a run is about to write. It takes over the memory of the current one, or,
 * if somebody outside may still read that, a copy of it.
 */
function supersede(device: Device, variable: VersionedVariable): VariableVersion {
  const { current } = variable;
  const next = new VariableVersion(variable);
  variable.current = next;
  if (!current.escaped) {
    next.storage = current.storage;
    return next;
  }
  const storage = new TensorStorage(variable.dtype, sizeOf(variable.shape));
  storage.device = device;
  next.storage = storage;
  device.superseded.add(current);
  const failed = (error: Error): void => next.fail(error);
  const copy = enqueueOutputs(device, [
    {
      node: variableRead(current),
      storage,
      keepOnDevice: true,
      succeeded: () => undefined,
      failed,
    },
  ]);
  copy.catch(() => undefined);
  return next;
}

function resultStorage(device: Device, node: GraphNode): TensorStorage {
  const storage = new TensorStorage(node.dtype, node.size);
  storage.device = device;
  return storage;
}
