import { permutation } from '@gradus/random';
import type { HostKey } from '@gradus/random';
import { allocateLike, elementCount } from './tensor-data.js';
import type { Batch, TensorData } from './tensor-data.js';

/** A place in the endless sequence of epochs; plain data, to be saved and restored. */
export interface Position {
  /** How many times all examples have been visited. */
  readonly epoch: number;
  /** How many examples of this epoch have been visited. */
  readonly index: number;
}

/** What reads examples: row numbers in, a batch of those rows out. */
export type ReadRows<B extends Batch> = (rows: Uint32Array, position: Position) => B;

/** Which stored rows make up a dataset, and how an epoch visits them. */
export interface Source<B extends Batch> {
  /** Reads rows by their stored numbers; told the position at which the batch begins. */
  readonly read: ReadRows<B>;
  /** The stored numbers of the rows that belong to the dataset. */
  readonly rows: Uint32Array;
  /** The key that orders each epoch; in stored order if there is none. */
  readonly shuffleKey?: HostKey;
}

/** The rows of a source in the order in which an epoch visits them. */
export function rowsOfEpoch(source: Source<Batch>, epoch: number): Uint32Array {
  const { rows, shuffleKey } = source;
  if (shuffleKey === undefined) return rows;
  return permutation(shuffleKey.fold(epoch), rows.length).map((index) => rows[index]!);
}

/** Copies rows out of stored columns, so that no batch shares memory with the dataset. */
export function readColumns<B extends Batch>(columns: B): ReadRows<B> {
  return (rows) => {
    const copies = Object.entries(columns).map(([name, column]) => [name, copyRows(column, rows)]);
    return Object.fromEntries(copies) as B;
  };
}

function copyRows(column: TensorData, rows: Uint32Array): TensorData {
  const exampleShape = column.shape.slice(1);
  const size = elementCount(exampleShape);
  const data = allocateLike(column.data, rows.length * size);
  rows.forEach((row, index) => {
    data.set(column.data.subarray(row * size, (row + 1) * size), index * size);
  });
  return { data, shape: [rows.length, ...exampleShape] };
}
