import { namedLayers, type Rename } from '@gradus/core';

/**
 * A layer answers under this symbol with PyTorch's names of those of its variables that are called
 * otherwise there: `{ runningMean: 'running_mean' }`.
 */
export const pyTorchNames: unique symbol = Symbol.for('gradus.pyTorchNames') as never;

/** A layer whose variables have other names in PyTorch. */
export interface NamedAsInPyTorch {
  readonly [pyTorchNames]: Readonly<Record<string, string>>;
}

/**
 * What PyTorch calls the variables of `model`, to exchange state dictionaries with it:
 * `loadStateDictionary(model, state, { rename: pyTorchNaming(model) })`. Layouts are the same
 * already. Positions in a `Sequential` count what is in it, so a PyTorch model whose activations
 * are modules corresponds to one whose activations are layers.
 */
export function pyTorchNaming(model: object): Rename {
  const names = new Map<string, string>();
  for (const [path, layer] of Object.entries(namedLayers(model))) {
    if (!(pyTorchNames in layer)) continue;
    const prefix = path === '' ? '' : `${path}.`;
    const own = (layer as NamedAsInPyTorch)[pyTorchNames];
    for (const [ours, theirs] of Object.entries(own)) names.set(prefix + ours, prefix + theirs);
  }
  return (path) => names.get(path) ?? path;
}
