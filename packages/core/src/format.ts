import type { GraphNode } from './graph/node.js';
import { formatShape } from './shape.js';

/** A line for people: dtype, shape and, when they are known on the host, the values. */
export function formatTensor(node: GraphNode, disposed: boolean): string {
  const head = `Tensor(${node.dtype} ${formatShape(node.shape)}`;
  if (disposed) return `${head}, disposed)`;
  const values = node.storage?.host;
  if (values === undefined) return `${head}, not computed)`;
  return `${head}, [${Array.from(values).join(', ')}])`;
}
