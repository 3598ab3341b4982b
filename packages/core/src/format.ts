import type { TypedArray } from './dtype.js';
import type { GraphNode } from './graph/node.js';
import { formatShape, type Shape } from './shape.js';

/** From this size on only the ends of every axis are printed. */
const summarizeFrom = 1000;
const edge = 3;

/** A tensor for people: dtype, shape and, when they are known on the host, the values in rows. */
export function formatTensor(node: GraphNode, disposed: boolean): string {
  const head = `Tensor(${node.dtype} ${formatShape(node.shape)}`;
  if (disposed) return `${head}, disposed)`;
  const values = node.storage?.host;
  if (values === undefined) return `${head}, not computed)`;
  const print = (position: number): string =>
    node.dtype === 'bool' ? String(values[position] !== 0) : formatNumber(values, position);
  const indent = ' '.repeat(head.length + 2);
  return `${head}, ${formatRows(node.shape, 0, print, indent, node.size > summarizeFrom)})`;
}

function formatNumber(values: TypedArray, position: number): string {
  const value = values[position]!;
  // Seven digits tell float32 values apart; more would show the conversion to decimal.
  return values instanceof Float32Array ? String(Number(value.toPrecision(7))) : String(value);
}

function formatRows(
  shape: Shape,
  offset: number,
  print: (position: number) => string,
  indent: string,
  summarize: boolean,
): string {
  const [extent, ...inner] = shape;
  if (extent === undefined) return print(offset);
  const stride = inner.reduce((product, each) => product * each, 1);
  const row = (i: number): string =>
    formatRows(inner, offset + i * stride, print, `${indent} `, summarize);
  const places = Array.from({ length: extent }, (_, i) => i);
  const shown =
    summarize && extent > 2 * edge
      ? [...places.slice(0, edge), -1, ...places.slice(-edge)]
      : places;
  const parts = shown.map((i) => (i < 0 ? '…' : row(i)));
  return `[${parts.join(inner.length === 0 ? ', ' : `,\n${indent} `)}]`;
}
