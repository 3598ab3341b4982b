import {
  asTensor,
  namedLayers,
  type ForwardContext,
  type GraphNode,
  type Layer,
  type Shape,
  type Tensor,
} from '@gradus/core';
import { multiplyAddsOf } from './multiply-adds.js';

/** One call of a layer's `forward`. */
export interface LayerCall {
  readonly path: string;
  readonly layer: Layer;
  outputShape: Shape;
  /** What the layer computes itself, without the layers that it calls. */
  multiplyAdds: number;
  /** Whether it called other layers. */
  isContainer: boolean;
}

/**
 * Passes `input` through the model and tells which layers were called, callers first. Nothing is
 * computed: the graph says what would be.
 */
export function recordCalls(model: Layer, input: Tensor): LayerCall[] {
  const calls: LayerCall[] = [];
  const callers: LayerCall[] = [];
  const counted = new Set<GraphNode>();
  // Whatever was built up to here is the work of whoever was in charge until here.
  const account = (tensor: Tensor): void => {
    const work = countNew(tensor.node, counted);
    const caller = callers.at(-1);
    if (caller !== undefined) caller.multiplyAdds += work;
  };
  const restore: (() => void)[] = [];
  for (const [path, layer] of Object.entries(namedLayers(model))) {
    const forward = layer.forward.bind(layer);
    const recorded = (given: Tensor, context?: ForwardContext): Tensor => {
      account(asTensor(given));
      const call: LayerCall = {
        path,
        layer,
        outputShape: [],
        multiplyAdds: 0,
        isContainer: false,
      };
      const caller = callers.at(-1);
      if (caller !== undefined) caller.isContainer = true;
      calls.push(call);
      callers.push(call);
      const output = forward(given, context);
      account(output);
      callers.pop();
      call.outputShape = output.shape;
      return output;
    };
    restore.push(intercept(layer, recorded));
  }
  try {
    model.forward(input, {});
  } finally {
    for (const undo of restore) undo();
  }
  return calls;
}

/** Puts `forward` before the layer's own until the result is called. */
function intercept(layer: Layer, forward: Layer['forward']): () => void {
  const own = Object.getOwnPropertyDescriptor(layer, 'forward');
  if (!Object.isExtensible(layer) || own?.configurable === false) return () => undefined;
  Object.defineProperty(layer, 'forward', { value: forward, configurable: true });
  return () => {
    delete (layer as Partial<Layer>).forward;
    if (own !== undefined) Object.defineProperty(layer, 'forward', own);
  };
}

/** The work of the nodes below `root` that have not been counted yet. */
function countNew(root: GraphNode, counted: Set<GraphNode>): number {
  let total = 0;
  const pending = [root];
  for (let node = pending.pop(); node !== undefined; node = pending.pop()) {
    if (counted.has(node)) continue;
    counted.add(node);
    total += multiplyAddsOf(node);
    pending.push(...node.inputs);
  }
  return total;
}
