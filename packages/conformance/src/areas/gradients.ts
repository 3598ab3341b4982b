import { grad } from '@gradus/autograd';
import { isFloating, tensor, type Tensor } from '@gradus/core';
import { gradientCases } from '../gradient-cases.js';
import type { Inputs } from '../inputs.js';
import type { BackendTests } from '../suite.js';
import { composed } from '../tolerances.js';

/** Gradients on the device against the same gradients in float64. */
export function gradients(tests: BackendTests): void {
  for (const [name, { inputs: draw, fn }] of Object.entries(gradientCases)) {
    for (const dtype of tests.dtypes((each) => isFloating(each) && each !== 'float16')) {
      const build = (inputs: Inputs): Tensor[] => {
        const leaves = draw(inputs).map((each) => each.cast(dtype));
        const output = fn(...leaves);
        const gradient = inputs.tensor(output.shape, output.dtype, { minimum: 0.5, maximum: 1.5 });
        return [output, ...grad(output, leaves, { gradient })];
      };
      tests.expression(`${name} in ${dtype}`, build, { tolerance: composed, precision: 'float64' });
    }
  }
  tests.expression('ties share the gradient of max, min, maximum and minimum', () => {
    const x = tensor([
      [2, 1, 2],
      [3, 3, 3],
    ]);
    const y = tensor([
      [2, 0, 5],
      [3, 3, 1],
    ]);
    return [
      grad(x.max(1).sum(), x),
      grad(x.min(1).sum(), x),
      ...grad(x.maximum(y).sum(), [x, y]),
      ...grad(x.minimum(y).sum(), [x, y]),
    ];
  });
  tests.expression(
    'the gradient of a gradient',
    (inputs) => {
      const x = inputs.tensor([4, 3]);
      const first = grad(x.matMul(x.transpose()).tanh().sum(), x);
      return [first, grad(first.square().sum(), x)];
    },
    { tolerance: composed, precision: 'float64' },
  );
}
