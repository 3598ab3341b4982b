import { concat, full, iota, stack, tensor, type Tensor } from '@gradus/core';
import type { Inputs } from '../inputs.js';
import type { BackendTests } from '../suite.js';

/** Movement primitives on every dtype, and long chains of them, which become index arithmetic. */
export function movement(tests: BackendTests): void {
  for (const dtype of tests.dtypes()) {
    const cases: Readonly<Record<string, (inputs: Inputs) => Tensor[]>> = {
      reshape: (inputs) => [
        inputs.tensor([3, 5, 2], dtype).reshape([5, -1]),
        inputs.tensor([1], dtype).reshape([]),
        inputs.tensor([0, 3], dtype).reshape([3, 0, 2]),
      ],
      transpose: (inputs) => [
        inputs.tensor([5, 7], dtype).transpose(),
        inputs.tensor([2, 3, 5], dtype).transpose([1, 2, 0]),
        inputs.tensor([2, 0, 3], dtype).transpose([2, 0, 1]),
      ],
      broadcastTo: (inputs) => [
        inputs.tensor([3, 1], dtype).broadcastTo([2, 3, 4]),
        inputs.tensor([], dtype).broadcastTo([5]),
        inputs.tensor([1], dtype).broadcastTo([0]),
      ],
      slice: (inputs) => [
        inputs.tensor([7, 5], dtype).slice([1, 0], [3, 4]),
        inputs.tensor([7, 5], dtype).slice([6, 4], [3, 2], [-3, -4]),
        inputs.tensor([11], dtype).slice([1], [4], [3]),
        inputs.tensor([4, 4], dtype).slice([2, 0], [0, 4]),
        inputs.tensor([3, 4], dtype).at(-1, [null, null, -2]),
      ],
      pad: (inputs) => [
        inputs.tensor([2, 3], dtype).pad([1, 0], [0, 2]),
        inputs.tensor([3], dtype).pad([2], [3], 1),
        inputs.tensor([0, 2], dtype).pad([1, 1], [1, 0], 1),
      ],
      flip: (inputs) => [
        inputs.tensor([3, 4], dtype).flip(),
        inputs.tensor([2, 3, 2], dtype).flip([1]),
        inputs.tensor([0], dtype).flip(),
      ],
      concat: (inputs) => [
        concat([inputs.tensor([2, 3], dtype), inputs.tensor([1, 3], dtype)]),
        concat(
          [
            inputs.tensor([2, 1], dtype),
            inputs.tensor([2, 0], dtype),
            inputs.tensor([2, 4], dtype),
          ],
          1,
        ),
        stack([inputs.tensor([3], dtype), inputs.tensor([3], dtype)], 1),
      ],
      'iota and full': () => [
        iota([7], 0, dtype === 'bool' ? 'int32' : dtype),
        iota([2, 3, 2], 1, dtype === 'bool' ? 'uint8' : dtype),
        full([2, 3], 1, dtype),
        full([], 0, dtype),
        full([0], 1, dtype),
      ],
      'the same tensor twice': (inputs) => {
        const x = inputs.tensor([4, 3], dtype);
        return [concat([x, x.flip(0)]), x.transpose(), x.reshape([12])];
      },
    };
    for (const [name, build] of Object.entries(cases))
      tests.expression(`${name} of ${dtype}`, build);
  }
  tests.expression('pad with infinities', () => {
    const x = tensor([1, 2]);
    return [x.pad([1], [1], -Infinity), x.pad([1], [1], Infinity), x.pad([1], [1], NaN)];
  });
  tests.expression('300 tensors in one concat', (inputs) =>
    concat(Array.from({ length: 300 }, (_, position) => inputs.tensor([1 + (position % 3)]))),
  );
  for (let seed = 0; seed < 30; seed++) {
    tests.expression(`a chain of views, seed ${seed}`, (inputs) => chain(inputs));
  }
}

/** Six random movements of one small tensor, one after another. */
function chain(inputs: Inputs): Tensor {
  let x = inputs.tensor([inputs.integer(1, 4), inputs.integer(1, 6), inputs.integer(1, 5)]);
  for (let step = 0; step < 6; step++) x = inputs.pick(movements)(x, inputs);
  return x;
}

type Movement = (x: Tensor, inputs: Inputs) => Tensor;

/** Random movements that keep tensors small and non-empty; fusion tests draw from them too. */
export const movements: readonly Movement[] = [
  (x, inputs) => x.transpose(inputs.permutation(x.rank)),
  (x, inputs) =>
    x.flip(inputs.pick([undefined, inputs.integer(0, Math.max(x.rank, 1))].slice(0, x.rank + 1))),
  (x) => (x.size % 2 === 0 ? x.reshape([2, -1]) : x.reshape([-1])),
  (x, inputs) =>
    x.size > 200 ? x : x.expandDims(0).broadcastTo([inputs.integer(1, 4), ...x.shape]),
  (x, inputs) => {
    const steps = x.shape.map((extent) => (extent > 1 ? inputs.pick([1, 2, -1]) : 1));
    const counts = x.shape.map((extent, axis) => Math.ceil(extent / Math.abs(steps[axis]!)));
    const starts = x.shape.map((extent, axis) => (steps[axis]! < 0 ? extent - 1 : 0));
    return x.slice(starts, counts, steps);
  },
  (x, inputs) => {
    if (x.size > 200) return x;
    const amounts = (): number[] => x.shape.map(() => inputs.integer(0, 2));
    return x.pad(amounts(), amounts(), 1);
  },
  (x, inputs) => {
    if (x.size > 200 || x.rank === 0) return x;
    return concat([x, x.flip(0)], inputs.integer(0, x.rank));
  },
];
