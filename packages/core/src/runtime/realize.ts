import { viewAsTypedArray, type TypedArray } from '../dtype.js';
import { DeviceError } from '../errors.js';
import { data, variableRead } from '../graph/leaf.js';
import { isPrimitive, topologicalOrder, type GraphNode } from '../graph/node.js';
import { resolve } from '../plan/describe.js';
import { sizeOf } from '../shape.js';
import { getDefaultDevice, mixedDevices, peekDefaultDevice, type Device } from './device.js';
import { enqueueOutputs, type PendingOutput } from './pending-run.js';
import { readInto } from './run.js';
import { TensorStorage } from './storage.js';
import { assertNotTracing, currentTrace } from './trace.js';
import type { VariableVersion, VersionedVariable } from './variable-version.js';

/** So many realised tensors keep the graph they were computed from, for gradients asked late. */
export const rememberedRealizations = 64;

/** A chain of unrealised operations as long as this is computed without anybody asking. */
export const longestPendingChain = 10_000;

/** Starts computing a node whose pending chain has become too long to keep. */
export function realizeIfLong(node: GraphNode): void {
  if (node.depth < longestPendingChain || node.isLeaf || currentTrace() !== undefined) return;
  if (peekDefaultDevice() === undefined) return;
  // Whoever asks for the values later meets the same error.
  startRealizing([node]).catch(() => undefined);
}

/** Computes nodes; resolves when their values have arrived. */
export async function realizeNodes(nodes: readonly GraphNode[]): Promise<void> {
  assertNotTracing('Reading values');
  await startRealizing(nodes);
}

/** The values of a node: computed if need be, then copied. */
export async function readNode(node: GraphNode): Promise<TypedArray> {
  assertNotTracing('Reading values');
  const run = startRealizing([node]);
  const storage = realizedStorage(node);
  if (storage.host !== undefined) {
    storage.assertUsable();
    return storage.host.slice();
  }
  const device = storage.device ?? deviceOf([node]);
  const read = new Read(device, storage);
  const [realized, delivered] = await Promise.allSettled([run, device.enqueue(read.job)]);
  if (realized.status === 'rejected') throw realized.reason;
  if (delivered.status === 'rejected') throw delivered.reason;
  return read.result;
}

/** The same before returning. */
export function readNodeSync(node: GraphNode): TypedArray {
  assertNotTracing('Reading values');
  const run = startRealizing([node]);
  run.catch(() => undefined);
  const storage = realizedStorage(node);
  if (storage.host !== undefined) {
    storage.assertUsable();
    return storage.host.slice();
  }
  const device = storage.device ?? getDefaultDevice();
  device.drain();
  const read = new Read(device, storage);
  read.job().next();
  return read.result;
}

/** Copies the values of a storage once everything enqueued before has run. */
class Read {
  readonly job: () => Generator<Promise<unknown>, void, unknown>;
  #values: TypedArray | undefined;

  constructor(device: Device, storage: TensorStorage) {
    const deliver = (values: TypedArray): void => {
      this.#values = values;
    };
    this.job = function* () {
      storage.assertUsable();
      if (storage.host !== undefined) deliver(storage.host.slice());
      else if (storage.buffer === undefined) throw lostValue();
      else {
        yield* readInto(device, storage.buffer, storage.byteLength, (bytes) => {
          deliver(viewAsTypedArray(storage.dtype, bytes));
        });
      }
    };
  }

  get result(): TypedArray {
    if (this.#values === undefined) throw lostValue();
    return this.#values;
  }
}

function lostValue(): DeviceError {
  return new DeviceError('The run that should have produced this value failed; compute it again.');
}

/** A node with the same values in the memory of `device`. */
export async function moveTo(node: GraphNode, device: Device): Promise<GraphNode> {
  const storage = TensorStorage.fromHost(node.dtype, await readNode(node));
  await device.enqueueAction(() => device.upload(storage));
  return data(storage, node.shape);
}

/** Where a node that is realised, or about to be, has or gets its values. */
function realizedStorage(node: GraphNode): TensorStorage {
  const storage = node.storage ?? versionOf(node)?.storage;
  if (storage === undefined) throw new TypeError('A realised node has no place for its values.');
  return storage;
}

function versionOf(node: GraphNode): VariableVersion | undefined {
  return isPrimitive(node, 'variable') ? node.attributes.version : undefined;
}

/** The device that the leaves of a computation live on, or the default one. */
export function deviceOf(nodes: readonly GraphNode[]): Device {
  return boundDevice(topologicalOrder(nodes, pendingInputs)) ?? getDefaultDevice();
}

function boundDevice(order: readonly GraphNode[]): Device | undefined {
  let device: Device | undefined;
  for (const node of order) {
    const bound = node.storage?.device ?? versionOf(node)?.variable.device;
    if (bound === undefined) continue;
    if (device !== undefined && device !== bound) throw mixedDevices(device, bound);
    device = bound;
  }
  return device;
}

/** Inputs, the definitions of pending assignments among them. */
function pendingInputs(node: GraphNode): readonly GraphNode[] {
  const version = versionOf(node);
  if (version === undefined) return node.pendingInputs;
  version.assertKnown();
  const { storage, definition } = version;
  return storage === undefined && definition !== undefined ? [definition] : [];
}

/**
 * Plans and enqueues, before it returns, a run that computes `nodes`, after the device's pending
 * assignments in program order. From then on the nodes are leaves.
 */
export function startRealizing(nodes: readonly GraphNode[]): Promise<void> {
  const wanted = nodes.filter((node) => node.storage === undefined && !isRealizedRead(node));
  if (wanted.length === 0 && nodes.every((node) => node.storage !== undefined))
    return Promise.resolve();
  const order = topologicalOrder(nodes, pendingInputs);
  const device = boundDevice(order) ?? getDefaultDevice();
  return startRun(device, wanted, order);
}

function isRealizedRead(node: GraphNode): boolean {
  return versionOf(node)?.storage !== undefined;
}

/** Enqueues the device's pending assignments, and the first values of `variables`. */
export function flushAssignments(
  device: Device,
  variables: Iterable<VersionedVariable> = [],
): Promise<void> {
  const reads = [...variables].map(({ current }) => variableRead(current));
  return startRun(device, [], topologicalOrder(reads, pendingInputs));
}

function startRun(
  device: Device,
  wanted: readonly GraphNode[],
  order: readonly GraphNode[],
): Promise<void> {
  const versions = versionsToCommit(device, order);
  device.unflushed.clear();
  const outputs: Starting[] = [];
  for (const version of versions) {
    const output = commitVersion(device, version);
    if (output !== undefined) outputs.push(output);
  }
  for (const node of wanted) {
    const version = versionOf(node);
    if (node.storage !== undefined || version?.storage !== undefined) continue;
    if (version !== undefined && versions.has(version)) continue;
    outputs.push(version === undefined ? tensorOutput(device, node) : versionOutput(node, version));
  }
  if (outputs.length === 0) return Promise.resolve();
  const run = enqueueOutputs(device, outputs);
  // Only now: planning needed the definitions.
  for (const { started } of outputs) started();
  return run;
}

/**
 * The newest versions that a run must commit: of the device's variables with pending assignments,
 * and of variables that the computation meets for the first time, which thereby bind to the device
 * (also if it reads an older version of theirs: otherwise their assignments would pile up).
 */
function versionsToCommit(device: Device, order: readonly GraphNode[]): Set<VariableVersion> {
  const versions = new Set([...device.unflushed].map(({ current }) => current));
  const definitions = [...versions].flatMap(({ definition }) => definition ?? []);
  let met = [...order, ...topologicalOrder(definitions, pendingInputs)];
  while (met.length > 0) {
    const unbound = met.flatMap((node) => versionOf(node)?.variable ?? []);
    const added = new Set(
      unbound.filter(({ device: home }) => home === undefined).map(({ current }) => current),
    );
    for (const version of versions) added.delete(version);
    for (const version of added) versions.add(version);
    met = topologicalOrder(
      [...added].flatMap(({ definition }) => definition ?? []),
      pendingInputs,
    );
  }
  return versions;
}

/** An output with what changes as soon as its run is enqueued. */
type Starting = PendingOutput & { readonly started: () => void };

/** Gives a variable's version its place on the device: by an upload if the value is on the host. */
function commitVersion(device: Device, version: VariableVersion): Starting | undefined {
  const { variable, definition } = version;
  version.assertKnown();
  variable.device = device;
  const storage = new TensorStorage(variable.dtype, sizeOf(variable.shape));
  storage.device = device;
  const started = (): void => {
    version.storage = storage;
    version.definition = undefined;
  };
  const failed = (error: Error): void => version.fail(error);
  const node = resolve(definition!);
  const source = node.storage;
  if (source?.host !== undefined) {
    const upload = device.enqueueAction(() => {
      source.assertUsable();
      storage.host = source.host;
      device.upload(storage);
    });
    upload.catch(failed);
    started();
    return undefined;
  }
  return { node, storage, keepOnDevice: true, started, failed, succeeded: () => undefined };
}

/** A tensor's values; if the run fails, the tensor can be asked again. */
function tensorOutput(device: Device, node: GraphNode): Starting {
  const storage = new TensorStorage(node.dtype, node.size);
  storage.device = device;
  return {
    node,
    storage,
    keepOnDevice: false,
    started: () => {
      node.storage = storage;
    },
    succeeded: () => rememberForAWhile(node),
    failed: (error) => {
      storage.failure = error;
      node.storage = undefined;
    },
  };
}

/** The value of a version that was superseded before anybody computed it. */
function versionOutput(node: GraphNode, version: VariableVersion): Starting {
  const storage = new TensorStorage(node.dtype, node.size);
  const started = (): void => {
    version.storage = storage;
    version.definition = undefined;
  };
  const failed = (error: Error): void => version.fail(error);
  return { node, storage, keepOnDevice: false, started, failed, succeeded: () => undefined };
}

const recentlyRealized: WeakRef<GraphNode>[] = [];

/**
 * The latest realised nodes still know what they were computed from, so that reading a loss and
 * then asking for its gradient works; older ones let go, so that memory stays flat.
 */
function rememberForAWhile(node: GraphNode): void {
  recentlyRealized.push(new WeakRef(node));
  if (recentlyRealized.length > rememberedRealizations) {
    recentlyRealized.shift()?.deref()?.forgetInputs();
  }
}
