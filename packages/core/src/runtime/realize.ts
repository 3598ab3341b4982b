import { viewAsTypedArray, type TypedArray } from '../dtype.js';
import { data, variableRead } from '../graph/leaf.js';
import { isPrimitive, topologicalOrder, type GraphNode } from '../graph/node.js';
import { resolve } from '../plan/describe.js';
import { sizeOf } from '../shape.js';
import { getDefaultDevice, mixedDevices, peekDefaultDevice, type Device } from './device.js';
import { enqueueOutputs, type PendingOutput } from './pending-run.js';
import { readInto, type Steps } from './run.js';
import { TensorStorage } from './storage.js';
import { currentTrace } from './trace.js';
import type { VariableVersion, VersionedVariable } from './variable-version.js';

/** So many realised tensors keep the graph they were computed from, for gradients asked late. */
const rememberedRealizations = 64;

/** A chain of unrealised operations as long as this is computed without anybody asking. */
const longestPendingChain = 10_000;

/** Starts computing a node whose pending chain has become too long to keep. */
export function realizeIfLong(node: GraphNode): void {
  if (node.depth < longestPendingChain || node.isLeaf || currentTrace() !== undefined) return;
  if (peekDefaultDevice() === undefined) return;
  // Whoever asks for the values later meets the same error.
  startRealizing([node]).catch(() => undefined);
}

/** Computes nodes; resolves when their values have arrived. */
export async function realizeNodes(nodes: readonly GraphNode[]): Promise<void> {
  const device = boundDevice(nodes) ?? peekDefaultDevice();
  const run = device === undefined ? startRealizing(nodes) : startRun(device, nodes, nodes);
  const storages = nodes.map(realizedStorage);
  const devices = new Set(storages.flatMap(({ device }) => device ?? []));
  // What an earlier request has started may still be on its way.
  const arrivals = [...devices].map((device) =>
    device.enqueueAction(() => storages.forEach((storage) => storage.assertUsable())),
  );
  await Promise.all([run, ...arrivals]);
}

/** The values of a node: computed if need be, then copied. */
export async function readNode(node: GraphNode): Promise<TypedArray> {
  const run = startRealizing([node]);
  const read = new Read(realizedStorage(node));
  const { device } = read.storage;
  await Promise.all([run, device?.enqueue(() => read.steps())]);
  return read.result;
}

/** The same before returning. */
export function readNodeSync(node: GraphNode): TypedArray {
  startRealizing([node]).catch(() => undefined);
  const read = new Read(realizedStorage(node));
  read.storage.device?.drain();
  read.steps().next();
  return read.result;
}

/** Copies the values of a storage once everything enqueued before has run. */
class Read {
  readonly storage: TensorStorage;
  #values: TypedArray | undefined;

  constructor(storage: TensorStorage) {
    this.storage = storage;
  }

  /** Fetches what is not on the host by then. */
  *steps(): Steps<void> {
    this.storage.assertUsable();
    const { device, buffer, byteLength, dtype } = this.storage;
    if (device === undefined || buffer === undefined) return;
    yield* readInto(device, buffer, byteLength, (bytes) => {
      this.#values = viewAsTypedArray(dtype, bytes);
    });
  }

  get result(): TypedArray {
    if (this.#values !== undefined) return this.#values;
    this.storage.assertUsable();
    if (this.storage.host === undefined) throw new TypeError('Nothing wrote the values to read.');
    return this.storage.host.slice();
  }
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

/** The device that the leaves of a computation live on, if they live on one. */
export function boundDevice(nodes: readonly GraphNode[]): Device | undefined {
  return commonDevice(topologicalOrder(nodes, pendingInputs));
}

function commonDevice(order: readonly GraphNode[]): Device | undefined {
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
 * Enqueues, before it returns, a run that computes `nodes`, after the device's pending assignments
 * in program order. From then on the nodes are leaves. Settles with the run.
 *
 * @param device Where to compute what lives on no device yet; the default one when left out.
 */
export function startRealizing(nodes: readonly GraphNode[], device?: Device): Promise<void> {
  if (nodes.every((node) => node.storage !== undefined)) return Promise.resolve();
  return startRun(boundDevice(nodes) ?? device ?? getDefaultDevice(), nodes, nodes);
}

/** Enqueues the device's pending assignments, and the first values of `variables`. */
export function flushAssignments(
  device: Device,
  variables: Iterable<VersionedVariable> = [],
): Promise<void> {
  return startRun(device, [], readsOf(variables));
}

function readsOf(variables: Iterable<VersionedVariable>): GraphNode[] {
  return Array.from(variables, ({ current }) => variableRead(current));
}

/** Throws, before anything has changed, for what the device cannot have; failures of the run come later. */
function startRun(
  device: Device,
  wanted: readonly GraphNode[],
  roots: readonly GraphNode[],
): Promise<void> {
  const versions = versionsToCommit(device, roots);
  const outputs: Starting[] = [];
  for (const version of versions) {
    const output = commitVersion(device, version);
    if (output !== undefined) outputs.push(output);
  }
  for (const node of new Set(wanted)) {
    const version = versionOf(node);
    if (node.storage !== undefined || version?.storage !== undefined) continue;
    if (version !== undefined && versions.has(version)) continue;
    outputs.push(
      version === undefined ? tensorOutput(device, node) : versionOutput(device, version),
    );
  }
  const run = outputs.length === 0 ? Promise.resolve() : enqueueOutputs(device, outputs);
  // Only now: the description needed the definitions, and may have thrown.
  for (const { started } of outputs) started();
  device.unflushed.clear();
  return run;
}

/**
 * The newest versions that a run must commit: of the device's variables with pending assignments,
 * and of variables that the computation meets for the first time, which thereby bind to the device
 * (also if it reads an older version of theirs: otherwise their assignments would pile up).
 */
function versionsToCommit(device: Device, roots: readonly GraphNode[]): Set<VariableVersion> {
  const versions = new Set<VariableVersion>();
  let met = [...readsOf(device.unflushed), ...roots];
  for (const variable of device.unflushed) versions.add(variable.current);
  while (met.length > 0) {
    const order = topologicalOrder(met, pendingInputs);
    const bound = commonDevice(order);
    if (bound !== undefined && bound !== device) throw mixedDevices(device, bound);
    const added = new Set<VersionedVariable>();
    for (const node of order) {
      const variable = versionOf(node)?.variable;
      if (variable === undefined || variable.device !== undefined) continue;
      if (!versions.has(variable.current)) added.add(variable);
    }
    for (const { current } of added) versions.add(current);
    met = readsOf(added);
  }
  return new Set([...versions].filter(({ storage }) => storage === undefined));
}

/** An output with what changes as soon as its run is enqueued. */
type Starting = PendingOutput & { readonly started: () => void };

/** Gives a variable's version its place on the device: by an upload if the value is on the host. */
function commitVersion(device: Device, version: VariableVersion): Starting | undefined {
  const { variable, definition } = version;
  version.assertKnown();
  const storage = new TensorStorage(variable.dtype, sizeOf(variable.shape));
  storage.device = device;
  const started = (): void => {
    variable.device = device;
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
function versionOutput(device: Device, version: VariableVersion): Starting {
  const { shape, dtype } = version.variable;
  const storage = new TensorStorage(dtype, sizeOf(shape));
  storage.device = device;
  const started = (): void => {
    version.storage = storage;
    version.definition = undefined;
  };
  const failed = (error: Error): void => version.fail(error);
  const node = variableRead(version);
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
