import { iota, oneHot, scatterAdd, tensor, type DataType, type Tensor } from '@gradus/core';
import type { Inputs } from '../inputs.js';
import type { BackendTests } from '../suite.js';
import { ofSum } from '../tolerances.js';

const isNumber = (dtype: DataType): boolean => dtype !== 'bool';

function indices(inputs: Inputs, shape: readonly number[], extent: number): Tensor {
  return inputs.tensor(shape, 'int32', { minimum: 0, maximum: extent });
}

/** Reading and accumulating at places that only the data know. */
export function indexing(tests: BackendTests): void {
  for (const dtype of tests.dtypes()) {
    tests.expression(`gather of ${dtype}`, (inputs) => [
      inputs.tensor([5, 3], dtype).gather(indices(inputs, [4], 5)),
      inputs.tensor([5, 3], dtype).gather(indices(inputs, [2, 2], 3), 1),
      inputs.tensor([4, 5, 2], dtype).gather(indices(inputs, [], 5), 1),
      inputs.tensor([5], dtype).gather(indices(inputs, [0], 5)),
      inputs.tensor([7], dtype).gather(tensor([-1, 0, 6, 7, 100], { dtype: 'int32' })),
    ]);
  }
  for (const dtype of tests.dtypes(isNumber)) {
    tests.expression(
      `scatterAdd of ${dtype}`,
      (inputs) => [
        scatterAdd(indices(inputs, [9], 4), inputs.tensor([9, 3], dtype), { extent: 4 }),
        scatterAdd(indices(inputs, [6], 5), inputs.tensor([2, 6], dtype), { axis: 1, extent: 5 }),
        scatterAdd(indices(inputs, [2, 3], 4), inputs.tensor([2, 3, 2], dtype), { extent: 4 }),
        scatterAdd(indices(inputs, [], 3), inputs.tensor([2], dtype), { extent: 3 }),
        scatterAdd(indices(inputs, [0], 3), inputs.tensor([0, 2], dtype), { extent: 3 }),
        scatterAdd(tensor([-1, 0, 2, 3, 99], { dtype: 'int32' }), inputs.tensor([5], dtype), {
          extent: 3,
        }),
      ],
      { tolerance: ofSum(9) },
    );
  }
  tests.expression('one row hit by everything', (inputs) =>
    scatterAdd(iota([1000]).mul(0), inputs.tensor([1000], 'int32'), { extent: 2 }),
  );
  tests.expression(
    'computed indices and updates',
    (inputs) => {
      const x = inputs.tensor([6, 4]);
      const order = x.sum(1).greater(0).cast('int32');
      return [
        scatterAdd(order, x.square(), { extent: 2 }).sqrt(),
        x.exp().gather(indices(inputs, [3], 6)),
        x
          .gather(indices(inputs, [6], 4), 1)
          .transpose()
          .add(1),
        x.transpose().gather(x.argMax(1)),
      ];
    },
    { tolerance: { units: 168, scale: 'largest' } },
  );
  tests.expression('oneHot, in range and out of it', () => oneHot([2, 0, -1, 3], 3));
}
