import { ArgumentError, formatShape, sizeOf } from '@gradus/core';
import { checkOptionNames, shown } from '@gradus/core/arguments';
import { normal } from '@gradus/random';
import type { Initializer } from './initializer.js';

/** How an {@link orthogonal} matrix is scaled. */
export interface OrthogonalOptions {
  /** What the singular values are; 1 if not given, √2 suits layers followed by a ReLU. */
  readonly gain?: number | undefined;
}

/**
 * A random orthogonal matrix times a gain, for shapes of two axes or more, of which those after the
 * first count as one: the rows are orthonormal, or the columns if there are more rows than columns.
 * It keeps the length of vectors, and so of gradients, through any number of linear layers. Saxe,
 * McClelland and Ganguli, "Exact solutions to the nonlinear dynamics of learning in deep linear
 * neural networks", 2014.
 *
 * No orthogonal matrix is more likely than another (Haar measure). The time it takes is in
 * proportion to rows · columns · min(rows, columns).
 *
 * @throws ArgumentError for a gain that is not finite, and at the first use for a shape of fewer
 *   than two axes.
 */
export function orthogonal(options: OrthogonalOptions = {}): Initializer {
  checkOptionNames('orthogonal', options, ['gain']);
  const { gain = 1 } = options;
  if (!Number.isFinite(gain)) {
    throw new ArgumentError(`orthogonal: gain must be a finite number, got ${shown(gain)}.`);
  }
  return (shape, { key }) => {
    const [rows = 0, ...rest] = shape;
    if (rest.length === 0) {
      throw new ArgumentError(
        `orthogonal: only shapes of two axes or more are matrices, got ${formatShape(shape)}.`,
      );
    }
    const columns = sizeOf(rest);
    const [count, length] = [Math.min(rows, columns), Math.max(rows, columns)];
    const drawn = Float64Array.from(normal(key, count * length));
    const vectors = Array.from({ length: count }, (_, index) =>
      drawn.subarray(index * length, (index + 1) * length),
    );
    orthonormalize(vectors);
    return Float64Array.from({ length: rows * columns }, (_, position) => {
      const column = position % columns;
      const row = (position - column) / columns;
      return gain * (rows > columns ? vectors[column]![row]! : vectors[row]![column]!);
    });
  };
}

/**
 * Gram–Schmidt, in place. No rotation changes the distribution of independent normal vectors, so
 * none changes that of the result. (Householder's QR would need its signs corrected for that.)
 */
function orthonormalize(vectors: readonly Float64Array[]): void {
  vectors.forEach((vector, position) => {
    // Twice, since rounding shows where a first pass cancels almost everything.
    for (let pass = 0; pass < 2; pass++) {
      for (const other of vectors.slice(0, position)) addScaled(vector, other, -dot(vector, other));
    }
    const norm = Math.sqrt(dot(vector, vector));
    for (let index = 0; index < vector.length; index++) vector[index]! /= norm;
  });
}

function dot(a: Float64Array, b: Float64Array): number {
  let sum = 0;
  for (let index = 0; index < a.length; index++) sum += a[index]! * b[index]!;
  return sum;
}

function addScaled(target: Float64Array, source: Float64Array, factor: number): void {
  for (let index = 0; index < target.length; index++) target[index]! += factor * source[index]!;
}
