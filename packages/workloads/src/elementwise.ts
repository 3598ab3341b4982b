import { silu, softmax } from '@gradus/core';
import { tensorFunction, type ExactElement } from './tensor-function.js';
import type { Workload } from './workload.js';

const elements = 1 << 20;

/** x + y: bound by memory. */
export const elementwiseAdd: Workload = tensorFunction({
  name: 'elementwise-add',
  description: 'x + y, a million elements',
  operations: elements,
  shapes: [[elements], [elements]],
  compute: ([x, y]) => x!.add(y!),
  exact: ([x, y], place) => within(2 ** -24, x![place]! + y![place]!),
});

/** x · sigmoid(x): bound by an exponential and a division. */
export const elementwiseSilu: Workload = tensorFunction({
  name: 'elementwise-silu',
  description: 'x · sigmoid(x), a million elements',
  operations: 4 * elements,
  shapes: [[elements]],
  compute: ([x]) => silu(x!),
  exact: ([x], place) => within(2 ** -20, x![place]! / (1 + Math.exp(-x![place]!))),
});

const columns = 1000;

/** Softmax along rows: two reductions and an exponential. */
export const softmaxOfRows: Workload = tensorFunction({
  name: 'softmax-rows',
  description: `softmax of ${columns} rows of ${columns} elements`,
  operations: 5 * columns * columns,
  shapes: [[columns, columns]],
  compute: ([x]) => softmax(x!),
  exact([x], place) {
    const start = place - (place % columns);
    const total = x!
      .subarray(start, start + columns)
      .reduce((sum, logit) => sum + Math.exp(logit), 0);
    return within(2 ** -18, Math.exp(x![place]!) / total);
  },
});

/** A value of which float32 arithmetic gets that share wrong at most. */
function within(share: number, value: number): ExactElement {
  return { value, tolerance: share * Math.abs(value) };
}
