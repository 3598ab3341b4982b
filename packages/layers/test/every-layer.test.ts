import { grad } from '@gradus/autograd';
import {
  loadStateDictionary,
  namedParameters,
  namedVariables,
  stateDictionary,
  zeros,
  type Layer,
} from '@gradus/core';
import { describe, expect, it } from 'vitest';
import * as layers from '../src/index.js';
import { examples } from './examples.js';
import { numbers, useCpu } from './support.js';

const { pyTorchNaming, summary } = layers;

useCpu();

it('has an example of every layer', () => {
  const isLayer = (value: unknown): boolean =>
    typeof value === 'function' && (value.prototype as Layer | undefined)?.forward !== undefined;
  const exported = Object.entries(layers).filter(([, value]) => isLayer(value));
  expect(Object.keys(examples).sort()).toEqual(exported.map(([name]) => name).sort());
});

describe.each(Object.entries(examples))('%s', (_, example) => {
  const { create, input, output, dtype = 'float32', variables = {}, multiplyAdds = 0 } = example;

  it('says what it is', () => {
    expect(String(create())).toBe(example.text);
  });

  it('has a summary', () => {
    const count = Object.values(variables).flatMap((shape) => shape.reduce((a, b) => a * b, 1));
    const result = summary(create(), [2, ...input], { dtype });
    expect(result).toMatchObject({ outputShape: [2, ...output], multiplyAdds: 2 * multiplyAdds });
    expect(result.trainable + result.statistics).toBe(count.reduce((a, b) => a + b, 0));
  });

  it('takes what PyTorch calls its variables', async () => {
    const [layer, other] = [create(), create()];
    const state = stateDictionary(layer, pyTorchNaming(layer));
    const shapes = Object.entries(state).map(([name, { shape }]) => [name, shape]);
    expect(Object.fromEntries(shapes)).toEqual(variables);
    loadStateDictionary(other, state, { rename: pyTorchNaming(other) });
    const [one, same] = [namedVariables(layer), namedVariables(other)];
    for (const [path, variable] of Object.entries(one)) {
      expect(await numbers(same[path]!.value)).toEqual(await numbers(variable.value));
    }
  });

  it('maps a batch of nothing to nothing, with gradients of 0', async () => {
    const layer = create();
    const nothing = layer.forward(zeros([0, ...input], dtype), {});
    expect(nothing.shape).toEqual([0, ...output]);
    expect(await numbers(nothing)).toEqual([]);
    const gradients = grad(nothing.sum(), namedParameters(layer));
    for (const gradient of Object.values(gradients)) {
      expect((await numbers(gradient)).every((value) => value === 0)).toBe(true);
    }
  });
});
