import { roundTo } from './backend/semantics.js';
import { isFloating, type DataType } from './dtype.js';
import { elementAt } from './elements.js';
import type { GraphNode } from './graph/node.js';
import { formatShape, sizeOf, type Shape } from './shape.js';

/** Beyond this many elements only the ends of every axis are printed. */
const summarizeBeyond = 1000;
const edge = 3;
/** Where a row goes on in the next line. */
const lineWidth = 80;
/** More digits behind the point are rounded away. */
const precision = 8;

/**
 * A tensor for people: dtype, shape and, when they are known on the host, the values as NumPy
 * lays them out: in columns that align at the decimal point, all of them with an exponent if some
 * are very large, very small or far apart.
 */
export function formatTensor(node: GraphNode, disposed: boolean): string {
  const { dtype, shape, size } = node;
  const head = `Tensor(${dtype} ${formatShape(shape)}`;
  if (disposed) return `${head}, disposed)`;
  const values = node.storage?.host;
  if (values === undefined) return `${head}, not computed)`;
  if (size === 0) return `${head}, [])`;
  const visible = (extent: number): number[] => {
    const places = Array.from({ length: extent }, (_, i) => i);
    return size > summarizeBeyond && extent > 2 * edge
      ? [...places.slice(0, edge), ellipsis, ...places.slice(-edge)]
      : places;
  };
  const positions = [...visiblePositions(shape, visible)];
  const numbers = positions.map((position) => elementAt(dtype, values, position));
  const aligned = align(formatElements(numbers, dtype));
  const texts = new Map(positions.map((position, i) => [position, aligned[i]!]));
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

function formatElements(values: readonly number[], dtype: DataType): string[] {
  if (dtype === 'bool') return values.map((value) => String(value !== 0));
  if (!isFloating(dtype)) return values.map(String);
  const short = values.map((value) => shortest(value, dtype));
  return needsExponents(values, dtype) ? scientific(short) : short.map(plain);
}

/** How many decimal digits each floating-point dtype is sure to keep. */
const reliableDigits: Readonly<Partial<Record<DataType, number>>> = { float32: 6, float16: 3 };

/** NumPy's rule. */
function needsExponents(values: readonly number[], dtype: DataType): boolean {
  const magnitudes = values.map(Math.abs).filter((each) => each > 0 && each < Infinity);
  const largest = Math.max(...magnitudes);
  const smallest = Math.min(...magnitudes);
  const limit = 10 ** (reliableDigits[dtype] ?? precision);
  return largest >= limit || smallest < 1e-4 || largest > 1000 * smallest;
}

/** The number of fewest digits that `dtype` rounds to `value`. */
function shortest(value: number, dtype: DataType): number {
  if (value === 0 || !Number.isFinite(value)) return value;
  for (let digits = 1; digits < 17; digits++) {
    const short = Number(value.toPrecision(digits));
    if (roundTo[dtype](short) === value) return short;
  }
  return value;
}

function plain(value: number): string {
  if (Object.is(value, -0)) return '-0';
  return Number.isFinite(value) ? String(Number(value.toFixed(precision))) : String(value);
}

/** All with as many digits before and behind the exponent. */
function scientific(values: readonly number[]): string[] {
  const parts = values.map((value) => {
    if (!Number.isFinite(value)) return [String(value)];
    const rounded = Number(value.toExponential(precision));
    const [mantissa = '', exponent = ''] = rounded.toExponential().split('e');
    const [whole = '', fraction = ''] = mantissa.split('.');
    return [Object.is(value, -0) ? '-0' : whole, fraction, exponent];
  });
  const digits = Math.max(...parts.map(([, fraction = '']) => fraction.length));
  const width = Math.max(2, ...parts.map(([, , exponent = '']) => exponent.length - 1));
  return parts.map(([whole = '', fraction = '', exponent]) => {
    if (exponent === undefined) return whole;
    const point = digits > 0 ? `.${fraction.padEnd(digits, '0')}` : '';
    return `${whole}${point}e${exponent[0]}${exponent.slice(1).padStart(width, '0')}`;
  });
}

/** Pads all texts to one width, their decimal points (or ends) above each other. */
function align(texts: readonly string[]): string[] {
  const pointOf = (text: string): number => (text.includes('.') ? text.indexOf('.') : text.length);
  const before = Math.max(...texts.map(pointOf));
  const after = Math.max(...texts.map((text) => text.length - pointOf(text)));
  // What is no number has no point either: it goes to the right.
  const isWord = (text: string): boolean => /[a-z]$/i.test(text);
  return texts.map((text) =>
    isWord(text)
      ? text.padStart(before + after)
      : (' '.repeat(before - pointOf(text)) + text).padEnd(before + after),
  );
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
  if (inner.length === 0) return `[${wrapped(parts, indent)}]`;
  // One empty line between matrices, two between stacks of them, and so on.
  return `[${parts.join(`,${'\n'.repeat(inner.length)}${' '.repeat(indent)}`)}]`;
}

/** The elements of a row, in as many lines as it takes. */
function wrapped(parts: readonly string[], indent: number): string {
  const lines: string[] = [];
  let line = '';
  for (const part of parts) {
    const longer = line === '' ? part : `${line}, ${part}`;
    if (line !== '' && indent + longer.length > lineWidth) {
      lines.push(line);
      line = part;
    } else line = longer;
  }
  return [...lines, line].join(`,\n${' '.repeat(indent)}`);
}
