import { grad } from '@gradus/autograd';
import { wasmSync } from '@gradus/backend-wasm';
import { namedParameters, planOf, setDefaultDevice, tensor, type Tensor } from '@gradus/core';
import { beforeAll, describe, expect, it } from 'vitest';
import { crossEntropy, LayerNorm } from '../src/index.js';

beforeAll(() => setDefaultDevice(wasmSync()));

const [examples, classes] = [100, 10];

const matrix = (): Tensor =>
  tensor(
    Float32Array.from({ length: examples * classes }, (_, i) => Math.sin(i)),
    { shape: [examples, classes] },
  );

/** The kernels that compute `results`: what each does, and over which index space. */
const kernels = (...results: readonly Tensor[]): string[] =>
  planOf(results).kernels.map(({ kind, shape }) => `${kind} [${shape.join(', ')}]`);

describe('computed row by row, where a device does that', () => {
  it('the cross-entropy, and with the gradient of the logits all but its mean', () => {
    const labels = tensor(
      Int32Array.from({ length: examples }, (_, i) => i % classes),
      { dtype: 'int32' },
    );
    for (const target of [labels, matrix(), matrix().softmax()]) {
      const logits = matrix();
      const loss = crossEntropy(logits, target);
      const gradient = grad(loss, logits);
      expect(kernels(crossEntropy(logits, labels, { reduction: 'none' }))).toEqual(['row [100]']);
      expect(kernels(gradient)).toEqual(['row [100]']);
      expect(kernels(loss, gradient)).toEqual(['row [100]', 'reduce []']);
    }
  });

  it('LayerNorm, and all its gradients but those of scale and offset, which are sums of rows', () => {
    const layer = new LayerNorm(classes);
    const [x, dy] = [matrix(), matrix()];
    const output = layer.forward(x);
    expect(kernels(output)).toEqual(['row [100]']);
    const gradient = grad(output, x, { gradient: dy });
    expect(kernels(gradient)).toEqual(['row [100]']);
    const all = grad(output, { x, ...namedParameters(layer) }, { gradient: dy });
    expect(kernels(...Object.values(all))).toEqual(['row [100]', 'reduce [10]']);
  });
});
