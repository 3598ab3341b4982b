import { ExactSum, tensorFunction, times } from './tensor-function.js';
import type { Workload } from './workload.js';

/** The product of a rows × depth and a depth × columns matrix. */
export function matrixProduct(
  name: string,
  rows: number,
  depth: number,
  columns: number,
): Workload {
  return tensorFunction({
    name,
    description: `a matrix product: ${times([rows, depth])} times ${times([depth, columns])}`,
    operations: 2 * rows * depth * columns,
    shapes: [
      [rows, depth],
      [depth, columns],
    ],
    compute: ([left, right]) => left!.matMul(right!),
    exact([left, right], place) {
      const [row, column] = [Math.floor(place / columns), place % columns];
      const sum = new ExactSum();
      for (let k = 0; k < depth; k++)
        sum.add(left![row * depth + k]!, right![k * columns + column]!);
      return sum;
    },
  });
}
