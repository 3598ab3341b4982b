import {
  elu,
  gelu,
  isFloating,
  leakyRelu,
  logSigmoid,
  silu,
  softplus,
  tensor,
  type Tensor,
} from '@gradus/core';
import type { BackendTests } from '../suite.js';
import { composed } from '../tolerances.js';

const functions: Readonly<Record<string, (x: Tensor) => Tensor>> = {
  gelu,
  'gelu by tanh': (x) => gelu(x, { approximate: 'tanh' }),
  silu,
  elu,
  'elu of another α': (x) => elu(x, { alpha: 0.3 }),
  leakyRelu,
  'leakyRelu of another slope': (x) => leakyRelu(x, { slope: 0.3 }),
  softplus,
  logSigmoid,
};

/** Activations against float64: moderate arguments, then ones that would overflow. */
export function activations(tests: BackendTests): void {
  for (const [name, apply] of Object.entries(functions)) {
    for (const dtype of tests.dtypes(isFloating)) {
      tests.expression(
        `${name} in ${dtype}`,
        (inputs) =>
          [
            inputs.tensor([97], dtype, { minimum: -6, maximum: 6 }),
            inputs.tensor([3, 5], dtype).transpose(),
            inputs.tensor([0, 3], dtype),
            inputs.tensor([], dtype),
            tensor([1e-3, -1e-3, 0, -0], { dtype }),
            tensor([20, -20, 88, -88], { dtype }),
            tensor([1e4, -1e4], { dtype }),
            tensor([Infinity, -Infinity, NaN], { dtype }),
          ].map(apply),
        { tolerance: composed, precision: 'float64' },
      );
    }
  }
}
