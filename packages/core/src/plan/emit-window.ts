import type {
  Conv2dKernel,
  ImageShape,
  KernelOutput,
  Pool2dKernel,
  Unpool2dKernel,
} from '../backend/kernels.js';
import { isPrimitive, type GraphNode } from '../graph/node.js';
import type { Convolution2d, Window2d } from '../graph/window.js';
import { resolvedInputs } from './describe.js';
import type { Draft } from './draft.js';
import { operandMemory } from './movement.js';

type Read = (node: GraphNode) => number;

/** The kernel of a draft whose hosts move a window over images. */
export function emitWindow(
  draft: Draft,
  name: string,
  outputs: readonly KernelOutput[],
  read: Read,
): Conv2dKernel | Pool2dKernel | Unpool2dKernel {
  const [host] = draft.hosts as readonly [GraphNode];
  const operands = resolvedInputs(host);
  const buffers = operands.map((operand) => read(operandMemory(host, operand)));
  const shape = imageShape(host);
  const common = { name, dtype: operands[0]!.dtype, shape, outputs };
  if (draft.kind === 'conv2d') {
    const [left, right] = buffers as [number, number];
    return { kind: 'conv2d', ...common, ...convolutionShapes(host, operands), left, right };
  }
  const window = host.attributes as Window2d;
  const [buffer, second] = buffers as [number, number?];
  const source = imageShape(operands[0]!);
  if (draft.kind === 'pool2d') {
    const operation = poolOperation(host);
    const maxima = second === undefined ? {} : { maxima: second };
    return { kind: 'pool2d', ...common, operation, images: source, window, buffer, ...maxima };
  }
  const positions = second === undefined ? {} : { positions: second };
  return { kind: 'unpool2d', ...common, pooled: source, window, buffer, ...positions };
}

function imageShape({ shape }: GraphNode): ImageShape {
  return shape as unknown as ImageShape;
}

function convolutionShapes(
  host: GraphNode,
  operands: readonly GraphNode[],
): Pick<Conv2dKernel, 'pass' | 'images' | 'filter' | 'output' | 'window'> {
  const [left, right] = operands.map(imageShape) as [ImageShape, ImageShape];
  const own = imageShape(host);
  const window = host.attributes as Convolution2d;
  if (isPrimitive(host, 'conv2d')) {
    return { pass: 'forward', images: left, filter: right, output: own, window };
  }
  return isPrimitive(host, 'conv2dInputGradient')
    ? { pass: 'inputGradient', images: own, filter: right, output: left, window }
    : { pass: 'filterGradient', images: left, filter: own, output: right, window };
}

function poolOperation(host: GraphNode): Pool2dKernel['operation'] {
  if (isPrimitive(host, 'maxPool2d')) return 'max';
  return isPrimitive(host, 'maxPool2dPositions') ? 'position' : 'sum';
}
