import { TraceError } from './errors.js';
import type { RandomKey } from '@gradus/random';
import type { Tensor } from './tensor.js';
import { isHandle } from './handle.js';
import { Variable } from './variable.js';

/** What a layer is told about the pass it takes part in: never hidden global state. */
export interface ForwardContext {
  /** Whether this is a training step: dropout drops, batch normalisation uses the batch. */
  readonly training?: boolean;
  /** Where randomness comes from; layers that need some take it with `drawKey`. */
  readonly random?: RandomKey;
}

/**
 * Anything with a `forward`. No base class and no registration: parameters are found by walking
 * an object's own properties.
 */
export interface Layer {
  forward(input: Tensor, context?: ForwardContext): Tensor;
}

const draws = new WeakMap<ForwardContext, number>();

/**
 * The next random key of a forward pass: the n-th draw from one context object is
 * `context.random.fold(n)`, so layers of one pass never share a key, and the same key gives the
 * same pass again. Throws a `TraceError` naming `layer` when the context holds no key.
 */
export function drawKey(context: ForwardContext | undefined, layer: string): RandomKey {
  if (context?.random === undefined) {
    throw new TraceError(
      `${layer} needs randomness in training: pass { training: true, random: key } to forward, ` +
        `with a fresh key each step (randomStream(seed).next()).`,
    );
  }
  const count = draws.get(context) ?? 0;
  draws.set(context, count + 1);
  return context.random.fold(count);
}

/**
 * Every variable of a model by its path, in the order of the properties: `0.weight`,
 * `encoder.layers.1.bias`. Walks own enumerable properties of objects, arrays and maps; a
 * variable reached twice is listed once, under its first path.
 */
export function namedVariables(model: object): Record<string, Variable> {
  const found: Record<string, Variable> = {};
  for (const [path, member] of members(model)) {
    if (member instanceof Variable) found[path] = member;
  }
  return found;
}

/**
 * Every layer of a model by its path, containers before what they contain, the model itself under
 * the empty path: whatever has a `forward` on the walk that `namedVariables` takes.
 */
export function namedLayers(model: object): Record<string, Layer> {
  const found: Record<string, Layer> = {};
  for (const [path, member] of members(model)) {
    if (isLayer(member)) found[path] = member;
  }
  return found;
}

function isLayer(value: object): value is Layer {
  return 'forward' in value && typeof value.forward === 'function';
}

/** A model and all objects in it, each once. */
function* members(
  value: unknown,
  path = '',
  visited = new Set<object>(),
): Generator<readonly [path: string, member: object]> {
  if (typeof value !== 'object' || value === null || visited.has(value)) return;
  if (ArrayBuffer.isView(value)) return;
  visited.add(value);
  yield [path, value];
  if (isHandle(value)) return;
  const entries = value instanceof Map ? [...value.entries()] : Object.entries(childrenOf(value));
  for (const [key, child] of entries) {
    yield* members(child, path === '' ? String(key) : `${path}.${key}`, visited);
  }
}

/** A model whose layers are listed (`layers`) is addressed by position, as PyTorch's Sequential is. */
function childrenOf(value: object): object {
  return containerChildren in value ? (value[containerChildren] as object) : value;
}

/**
 * A container may answer under this symbol with the object whose properties are walked instead of
 * its own: `Sequential` gives its list of layers, so that paths read `0.weight`.
 */
export const containerChildren: unique symbol = Symbol.for('gradus.children') as never;

/** What training changes: `namedVariables` that are trainable and not frozen, by path. */
export function namedParameters(model: object): Record<string, Variable> {
  const isTrained = ({ trainable, frozen }: Variable): boolean => trainable && !frozen;
  return Object.fromEntries(
    Object.entries(namedVariables(model)).filter(([, each]) => isTrained(each)),
  );
}

/** The variables of `namedParameters` without their paths. */
export function parameters(model: object): Variable[] {
  return Object.values(namedParameters(model));
}

/** Freezes every parameter of a model or of a part of it: training leaves them as they are. */
export function freeze(model: object): void {
  setFrozen(model, true);
}

/** Lets training change the parameters of a model, or of a part of it, again. */
export function unfreeze(model: object): void {
  setFrozen(model, false);
}

function setFrozen(model: object, frozen: boolean): void {
  for (const variable of Object.values(namedVariables(model))) {
    if (variable.trainable) variable.frozen = frozen;
  }
}
