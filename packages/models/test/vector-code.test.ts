import { grad } from '@gradus/autograd';
import { wasmSync } from '@gradus/backend-wasm';
import { compile, zeros, type Tensor } from '@gradus/core';
import { randomKey, type RandomKey } from '@gradus/random';
import { describe, expect, it } from 'vitest';
import { models, type ModelName } from '../src/index.js';

/** The WebAssembly of a step of training: forward, backward, optimiser. */
async function trainingStep(name: ModelName, batchSize: number): Promise<string> {
  const { network, optimizer: makeOptimizer, loss: lossOf } = models[name];
  const model = network(randomKey(1));
  const optimizer = makeOptimizer();
  const step = compile(
    (images: Tensor, labels: Tensor, random: RandomKey) => {
      const loss = lossOf(model.forward(images, { training: true, random }), labels);
      optimizer.update(model, grad(loss, model));
      return loss;
    },
    { device: wasmSync() },
  );
  const labels = zeros([batchSize], 'int32');
  const { source } = await step.compiled(zeros([batchSize, 1, 28, 28]), labels, randomKey(2));
  return source.join('\n');
}

describe.each(Object.keys(models) as ModelName[])('a step of %s', (name) => {
  it('is vector code that calls nothing but the engine module', async () => {
    const source = await trainingStep(name, 10);
    const imported = [...source.matchAll(/\(import "(\w+)"/g)].map(([, module]) => module);
    expect(new Set(imported)).toEqual(new Set(['engine']));
    const numbers = source.match(/\b(f32|f64)\.(?!const|load|store)\w+/g) ?? [];
    expect([...new Set(numbers)]).toEqual([]);
    expect(source).toMatch(/\bf32x4\.mul\b/);
  });
});
