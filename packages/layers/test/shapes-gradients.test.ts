import { checkGradients } from '@gradus/conformance';
import { namedParameters, tanh, tensor, type ForwardContext, type Layer } from '@gradus/core';
import { normal, randomKey } from '@gradus/random';
import * as fc from 'fast-check';
import { describe, it } from 'vitest';
import {
  Activation,
  Dense,
  Dropout,
  Flatten,
  GlobalAvgPool2d,
  Reshape,
  Residual,
  Sequential,
  SpatialDropout2d,
} from '../src/index.js';

const extent = fc.integer({ min: 1, max: 4 });
const shapeOfRank = (rank: number) => fc.array(extent, { minLength: rank, maxLength: rank });
const anyShape = fc.integer({ min: 2, max: 4 }).chain(shapeOfRank);
const rate = fc.double({ min: 0, max: 0.9, noNaN: true });
const seed = fc.nat(1e6);

/** A layer, the shape of an input for it, and how it is called. */
interface Example {
  readonly layer: Layer;
  readonly shape: readonly number[];
  readonly context?: ForwardContext;
}

const inTraining = (number: number): ForwardContext => ({
  training: true,
  random: randomKey(number),
});

/** The layers that have hardly any options but whatever shape comes; all of them are smooth. */
const examples: Readonly<Record<string, fc.Arbitrary<Example>>> = {
  Flatten: anyShape.map((shape) => ({ layer: new Flatten(), shape })),
  Activation: anyShape.map((shape) => ({ layer: new Activation(tanh), shape })),
  GlobalAvgPool2d: shapeOfRank(4).map((shape) => ({ layer: new GlobalAvgPool2d(), shape })),
  Reshape: shapeOfRank(4).map((shape) => {
    const [, first, second, third] = shape as [number, number, number, number];
    return { layer: new Reshape([third, -1, first * second]), shape };
  }),
  Residual: fc.tuple(extent, extent, extent, seed).map(([count, inner, outer, number]) => {
    const [branch, shortcut] = randomKey(number).split(2);
    const change = new Dense(inner, outer, { activation: tanh, random: branch });
    const kept = new Dense(inner, outer, { bias: false, random: shortcut });
    const fits = inner === outer && number % 2 === 0;
    const layer = new Residual(change, fits ? {} : { shortcut: kept });
    return { layer, shape: [count, inner] };
  }),
  Sequential: fc
    .tuple(extent, fc.array(extent, { minLength: 1, maxLength: 4 }), seed)
    .map(([count, widths, number]) => {
      const layers = widths.slice(1).map((width, index) => {
        return new Dense(widths[index]!, width, { random: randomKey(number).fold(index) });
      });
      return { layer: new Sequential([...layers, tanh]), shape: [count, widths[0]!] };
    }),
  Dropout: fc.tuple(anyShape, rate, seed).map(([shape, dropped, number]) => {
    return { layer: new Dropout(dropped), shape, context: inTraining(number) };
  }),
  SpatialDropout2d: fc.tuple(shapeOfRank(4), rate, seed).map(([shape, dropped, number]) => {
    return { layer: new SpatialDropout2d(dropped), shape, context: inTraining(number) };
  }),
};

describe.each(Object.entries(examples))('%s', (_, example) => {
  it('has the gradients of central differences whatever the shape, and their gradients', async () => {
    await fc.assert(
      fc.asyncProperty(example, seed, async ({ layer, shape, context }, number) => {
        const size = shape.reduce((product, each) => product * each, 1);
        const input = tensor(normal(randomKey(number), size), { shape, dtype: 'float32' });
        // Squared, since most of these layers are linear and would have no second gradient.
        await checkGradients((x) => layer.forward(x, { ...context }).square(), [input], {
          parameters: namedParameters(layer),
          order: 2,
          maximumElements: 12,
        });
      }),
      { numRuns: 12, seed: 20 },
    );
  });
});
