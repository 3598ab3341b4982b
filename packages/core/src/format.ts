import { roundTo } from './backend/semantics.js';
import type { DataType } from './dtype.js';
import { elementAt } from './elements.js';
import type { GraphNode } from './graph/node.js';
import { formatShape, sizeOf, type Shape } from './shape.js';

/** Beyond this many elements only the ends of every axis are printed. */
const summarizeBeyond = 1000;
const edge = 3;

/**
 * A tensor for people: dtype, shape and, when they are known on the host, the values as NumPy
 * lays them out, in columns that align at the decimal point.
 */
export function formatTensor(node: GraphNode, disposed: boolean): string {
  const { dtype, shape, size } = node;
  const head = `Tensor(${dtype} ${formatShape(shape)}`;
  if (disposed) return `${head}, disposed)`;
  const values = node.storage?.host;
  if (values === undefined) return `${head}, not computed)`;
  const visible = (extent: number): number[] => {
    const places = Array.from({ length: extent }, (_, i) => i);
    return size > summarizeBeyond && extent > 2 * edge
      ? [...places.slice(0, edge), ellipsis, ...places.slice(-edge)]
      : places;
  };
  const texts = new Map<number, string>();
  for (const position of visiblePositions(shape, visible)) {
    const value = elementAt(dtype, values, position);
    texts.set(position, dtype === 'bool' ? String(value !== 0) : formatNumber(value, dtype));
  }
  align(texts);
  return `${head}, ${formatRows(shape, 0, visible, texts, head.length + 3)})`;
}

const ellipsis = -1;

function* visiblePositions(
  shape: Shape,
  visible: (extent: number) => number[],
  offset = 0,
): Generator<number> {
  const [extent, ...inner] = shape;
  if (extent === undefined) yield offset;
  else {
    for (const place of visible(extent)) {
      if (place === ellipsis) continue;
      yield* visiblePositions(inner, visible, offset + place * sizeOf(inner));
    }
  }
}

/** The shortest decimal that `dtype` rounds to the same value. */
function formatNumber(value: number, dtype: DataType): string {
  if (Object.is(value, -0)) return '-0';
  for (let digits = 1; digits < 17 && Number.isFinite(value); digits++) {
    const short = Number(value.toPrecision(digits));
    if (roundTo[dtype](short) === value) return String(short);
  }
  return String(value);
}

/** Pads all texts to one width, their decimal points (or ends) above each other. */
function align(texts: Map<number, string>): void {
  const pointOf = (text: string): number => (text.includes('.') ? text.indexOf('.') : text.length);
  let [before, after] = [0, 0];
  for (const text of texts.values()) {
    before = Math.max(before, pointOf(text));
    after = Math.max(after, text.length - pointOf(text));
  }
  for (const [position, text] of texts) {
    const left = ' '.repeat(before - pointOf(text));
    texts.set(position, (left + text).padEnd(before + after));
  }
}

function formatRows(
  shape: Shape,
  offset: number,
  visible: (extent: number) => number[],
  texts: ReadonlyMap<number, string>,
  indent: number,
): string {
  const [extent, ...inner] = shape;
  if (extent === undefined) return texts.get(offset)!;
  const stride = sizeOf(inner);
  const parts = visible(extent).map((place) =>
    place === ellipsis
      ? '…'
      : formatRows(inner, offset + place * stride, visible, texts, indent + 1),
  );
  // One empty line between matrices, two between stacks of them, and so on.
  const separator =
    inner.length === 0 ? ', ' : `,${'\n'.repeat(inner.length)}${' '.repeat(indent)}`;
  return `[${parts.join(separator)}]`;
}
