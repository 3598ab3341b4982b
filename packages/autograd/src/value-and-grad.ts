import { customGradient, Tensor, type Variable } from '@gradus/core';
import { grad } from './grad.js';
import { parseTargets, type GradientsOf } from './targets.js';

/** What a function returned, and its gradient. */
export interface ValueAndGradient<Target> {
  /** The scalar that the function returned. */
  readonly value: Tensor;
  /** With respect to the function's first argument, in its structure. */
  readonly gradient: GradientsOf<Target>;
}

/**
 * Turns `fn`, which returns a scalar, into a function that returns its value and its gradient with
 * respect to the first argument: a tensor, a variable, an array or record of them, or a model.
 *
 * Tensors in that argument are told apart from the same tensors used inside of `fn`, which count
 * as constants; a variable is one wherever it is read. May be nested for higher derivatives, and
 * compiled. The returned function throws as `grad` does.
 */
export function valueAndGrad<Target extends object, Rest extends readonly unknown[]>(
  fn: (target: Target, ...rest: Rest) => Tensor,
): (target: Target, ...rest: Rest) => ValueAndGradient<Target> {
  return (target, ...rest) => {
    const own = withOwnNodes(target);
    const value = fn(own, ...rest);
    return { value, gradient: grad<Target>(value, own) };
  };
}

function withOwnNodes<Target extends object>(target: Target): Target {
  const { kind, list, arrange } = parseTargets(target);
  if (kind === 'model') return target;
  return arrange(list.map(({ handle }) => renamed(handle))) as Target;
}

/** The same value in a node of its own. */
function renamed(handle: Tensor | Variable): Tensor | Variable {
  if (!(handle instanceof Tensor)) return handle;
  return customGradient(
    [handle],
    (same) => same,
    (gradient) => [gradient],
  );
}
