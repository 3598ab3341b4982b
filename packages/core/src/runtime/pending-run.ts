import { isPrimitive, type GraphNode } from '../graph/node.js';
import { describeGraph, type GraphDescription } from '../plan/describe.js';
import { CachedPlan } from '../plan/planned.js';
import type { Device } from './device.js';
import { performRun, retire, type Run, type RunOutput, type Steps } from './run.js';
import type { TensorStorage } from './storage.js';
import type { VariableVersion } from './variable-version.js';

/** A value that a run will deliver, and who wants to know. */
export interface PendingOutput extends RunOutput {
  readonly node: GraphNode;
  readonly succeeded: () => void;
  readonly failed: (error: Error) => void;
}

/** The storage of a leaf that has memory. */
export function leafStorage(node: GraphNode): TensorStorage {
  const storage =
    node.storage ?? (isPrimitive(node, 'variable') ? node.attributes.version.storage : undefined);
  if (storage === undefined) throw new TypeError(`The leaf ${node.primitive} has no values.`);
  return storage;
}

/** The value of a leaf that travels as a scalar. */
export function leafScalar(node: GraphNode): number {
  if (isPrimitive(node, 'constant')) return node.attributes.value;
  throw new TypeError(`The leaf ${node.primitive} is not a number.`);
}

/** The plan for a graph, from the device's cache where an equal one was planned before. */
function plannedFor(device: Device, description: GraphDescription): CachedPlan {
  let planned = device.plans.get(description.key);
  if (planned === undefined) {
    planned = new CachedPlan(description, device.capabilities);
    device.plans.set(description.key, planned);
  }
  return planned;
}

/**
 * Enqueues the computation of `outputs` as they are described now. Throws, before anything has
 * changed, where the device does not have their dtypes. Settles with the run.
 */
export function enqueueOutputs(device: Device, outputs: readonly PendingOutput[]): Promise<void> {
  const request = { outputs: outputs.map(({ node }) => node), updates: [] };
  const description = describeGraph(request, () => false);
  return enqueueRun(
    {
      device,
      planned: plannedFor(device, description),
      inputs: description.inputs.map(leafStorage),
      outputs,
      scalars: Float64Array.from(description.scalars, leafScalar),
    },
    outputs,
  );
}

/** Enqueues a run; afterwards memory of superseded versions is let go of. Settles with the run. */
export function enqueueRun(
  run: Run,
  listeners: readonly Pick<PendingOutput, 'succeeded' | 'failed'>[],
): Promise<void> {
  const { device } = run;
  const superseded = [...device.superseded];
  device.superseded.clear();
  let failed = false;
  const fail = (reason: unknown): Error => {
    const error = reason instanceof Error ? reason : new Error(String(reason));
    if (!failed) for (const listener of listeners) listener.failed(error);
    failed = true;
    return error;
  };
  const job = function* (): Steps<void> {
    try {
      yield* performRun(run);
      for (const listener of listeners) listener.succeeded();
    } catch (error) {
      // At once: what is enqueued behind must not read values that were never written.
      throw fail(error);
    } finally {
      if (device.failure === undefined) yield* letGo(device, superseded);
    }
  };
  return device.enqueue(job).catch((error: unknown) => {
    throw fail(error);
  });
}

function* letGo(device: Device, superseded: readonly VariableVersion[]): Steps<void> {
  for (const { storage, escaped } of superseded) {
    if (storage === undefined) continue;
    if (escaped) yield* retire(device, storage);
    else device.release(storage);
  }
}
