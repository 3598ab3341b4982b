import {
  formatShape,
  GradientError,
  isFloating,
  ones,
  sameShape,
  zeros,
  type GraphNode,
  type Tensor,
} from '@gradus/core';
import { backpropagate } from './backward.js';
import { differentiableGraph } from './graph.js';
import { locate, unreachable } from './locate.js';
import { parseTargets, type GradientsOf } from './targets.js';

/** Where a gradient starts. */
export interface GradientOptions {
  /** The gradient of some further result with respect to `output`, shaped like `output`. */
  readonly gradient?: Tensor;
}

/**
 * The gradient of `output` with respect to `wrt`, as new nodes of the graph: nothing is computed
 * yet, and gradients have gradients themselves.
 *
 * `wrt` is a tensor (an intermediate one as well), a variable, an array or record of them, or a
 * model, whose trainable variables are then named by path as `namedParameters` does. Each gradient
 * has the shape and dtype of what it belongs to.
 *
 * Reads of a variable are where gradients end: they do not flow on into what was assigned to it.
 * Parts of an array, record or model that `output` does not depend on get zeros.
 *
 * @param output A floating-point scalar, or of any shape if `options.gradient` is given: then the
 *   result is the product of that gradient and the Jacobian matrix.
 *
 * Throws a `GradientError` when `output` is neither, does not depend on anything asked for, reads a
 * variable in two versions, or depends on what is asked for by way of a tensor that was realised so
 * long ago that it has forgotten what it was computed from.
 */
export function grad<const Target extends object>(
  output: Tensor,
  wrt: Target,
  options: GradientOptions = {},
): GradientsOf<Target> {
  const start = startOf(output, options.gradient);
  const targets = parseTargets(wrt);
  const graph = differentiableGraph(output.node);
  const places = targets.list.map((target) => locate(graph, target));
  const found = new Set(places.filter((place): place is GraphNode => place !== undefined));
  const gradients = backpropagate(graph, start, found);
  const results = places.map((place) => (place === undefined ? undefined : gradients.get(place)));
  if (results.length > 0 && results.every((result) => result === undefined)) {
    throw unreachable(output.node, graph, targets.list);
  }
  const filled = targets.list.map(
    ({ handle }, index) => results[index] ?? zeros(handle.shape, handle.dtype),
  );
  return targets.arrange(filled) as GradientsOf<Target>;
}

function startOf(output: Tensor, gradient: Tensor | undefined): Tensor {
  const { dtype, shape } = output;
  if (!isFloating(dtype)) {
    throw new GradientError(
      `grad: the output is ${dtype}; only floating-point tensors have gradients.`,
    );
  }
  if (gradient === undefined) {
    if (shape.length === 0) return ones([], dtype);
    throw new GradientError(
      `grad: the output must be a scalar, got shape ${formatShape(shape)}. Reduce it, e.g. ` +
        `output.sum(), or pass { gradient } of that shape.`,
    );
  }
  if (gradient.dtype !== dtype || !sameShape(gradient.shape, shape)) {
    throw new GradientError(
      `grad: options.gradient is ${gradient.dtype} ${formatShape(gradient.shape)}, ` +
        `but the output is ${dtype} ${formatShape(shape)}.`,
    );
  }
  return gradient;
}
