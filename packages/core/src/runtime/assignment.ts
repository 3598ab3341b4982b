import { DisposedError } from '../errors.js';
import type { GraphNode } from '../graph/node.js';
import { VariableVersion, type VersionedVariable } from './variable-version.js';

/** Makes `node` the newest version; it is computed with the device's next run. */
export function assignVersion(variable: VersionedVariable, node: GraphNode): void {
  const { current, device } = variable;
  variable.current = new VariableVersion(variable, node);
  // What was lost with a device lives on by being assigned, wherever that is computed.
  if (device?.failure !== undefined) variable.device = undefined;
  if (device === undefined || device.failure !== undefined) return;
  device.unflushed.add(variable);
  if (current.storage !== undefined) device.superseded.add(current);
}

/** Frees the current value once everything enqueued so far has run. */
export function disposeVersion(variable: VersionedVariable): void {
  const { current, device } = variable;
  current.definition = undefined;
  current.failure = new DisposedError(`${variable.name}: this variable is used after dispose().`);
  device?.unflushed.delete(variable);
  const { storage } = current;
  if (storage === undefined || device === undefined) return;
  device.enqueueAction(() => storage.dispose()).catch(() => undefined);
}
