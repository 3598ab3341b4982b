import { DataError } from './errors.js';

const arrayTypes = {
  Float32Array: { dtype: 'float32', make: (length: number) => new Float32Array(length) },
  Float64Array: { dtype: 'float64', make: (length: number) => new Float64Array(length) },
  Int32Array: { dtype: 'int32', make: (length: number) => new Int32Array(length) },
  Uint32Array: { dtype: 'uint32', make: (length: number) => new Uint32Array(length) },
  Uint8Array: { dtype: 'uint8', make: (length: number) => new Uint8Array(length) },
} as const;

/** The arrays that columns are made of. */
export type TypedArray = Float32Array | Float64Array | Int32Array | Uint32Array | Uint8Array;

/** The element types of those arrays, by their names in Gradus. */
export type DataType = (typeof arrayTypes)[keyof typeof arrayTypes]['dtype'];

/**
 * An array with a shape, its elements in row-major order. It is plain data: functions made by
 * `compile` of `@gradus/core` accept it as a tensor.
 */
export interface TensorData<Data extends TypedArray = TypedArray> {
  /** As many elements as the product of `shape`. */
  readonly data: Data;
  /** The size of each dimension; the first one counts examples. */
  readonly shape: readonly number[];
}

/** Named columns with equally many examples each: what a dataset is made of and what it yields. */
export type Batch = Readonly<Record<string, TensorData>>;

/** What one example holds in one column. */
export interface Column {
  /** The type of its elements. */
  readonly dtype: DataType;
  /** The shape of one example, without the leading dimension. */
  readonly shape: readonly number[];
}

/** Number of elements of a shape; 1 for the empty shape. */
export function elementCount(shape: readonly number[]): number {
  return shape.reduce((product, size) => product * size, 1);
}

/** An array of zeros with the element type of `data`. */
export function allocateLike<Data extends TypedArray>(data: Data, length: number): Data {
  // By tag and not by constructor, which for a Buffer of Node would allocate from its pool.
  return arrayTypes[data[Symbol.toStringTag]].make(length) as Data;
}

/** Element type and shape of the examples in each column. */
export function describeColumns<B extends Batch>(batch: B): Readonly<Record<keyof B, Column>> {
  const described = Object.entries(batch).map(([name, { data, shape }]) => [
    name,
    { dtype: arrayTypes[data[Symbol.toStringTag]].dtype, shape: shape.slice(1) },
  ]);
  return Object.fromEntries(described) as Record<keyof B, Column>;
}

/**
 * Checks that `batch` holds well-formed columns of equal length.
 *
 * @param batch What somebody passed as columns.
 * @param what Who passed it, for the message, as in "dataset()".
 * @returns How many examples there are.
 * @throws {@link DataError} `INVALID_COLUMN` or `LENGTH_MISMATCH`.
 */
export function checkColumns(batch: Batch | undefined, what: string): number {
  const columns = Object.entries(batch ?? {});
  for (const [name, column] of columns) checkColumn(name, column, what);
  const [first] = columns;
  if (first === undefined) {
    throw new DataError(
      'INVALID_COLUMN',
      `${what} needs at least one named column { data, shape }; got none.`,
    );
  }
  const length = first[1].shape[0]!;
  if (columns.some(([, { shape }]) => shape[0] !== length)) {
    const lengths = columns.map(([name, { shape }]) => `${name}: ${shape[0]}`).join(', ');
    throw new DataError(
      'LENGTH_MISMATCH',
      `${what} needs columns with equally many examples, the first dimension; got ${lengths}.`,
    );
  }
  return length;
}

function checkColumn(name: string, column: Partial<TensorData> | undefined, what: string): void {
  const { data, shape } = column ?? {};
  const isArray = ArrayBuffer.isView(data) && Object.hasOwn(arrayTypes, data[Symbol.toStringTag]);
  if (!isArray) {
    throw new DataError(
      'INVALID_COLUMN',
      `${what}: column "${name}" needs data of type ${Object.keys(arrayTypes).join(', ')}; ` +
        `got ${Object.prototype.toString.call(data).slice(8, -1)}. Convert other data first.`,
    );
  }
  const isSize = (size: unknown): boolean => Number.isSafeInteger(size) && (size as number) >= 0;
  if (!Array.isArray(shape) || shape.length === 0 || !shape.every(isSize)) {
    throw new DataError(
      'INVALID_COLUMN',
      `${what}: column "${name}" needs a shape of non-negative integers, the number of examples ` +
        `first; got ${JSON.stringify(shape)}.`,
    );
  }
  if (elementCount(shape) !== data.length) {
    throw new DataError(
      'INVALID_COLUMN',
      `${what}: column "${name}" of shape [${shape.join(', ')}] needs ${elementCount(shape)} ` +
        `elements; its data has ${data.length}.`,
    );
  }
}
