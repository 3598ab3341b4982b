import { grad } from '@gradus/autograd';
import { goldenFile, type GoldenCase, type GoldenTensor } from '@gradus/conformance';
import { tensor, type DataType, type Layer, type Tensor } from '@gradus/core';
import { expect, it } from 'vitest';
import { BatchNorm, LayerNorm, type BatchNormOptions } from '../src/index.js';
import { expectClose, numbers, useCpu } from './support.js';

useCpu();

const { cases } = await goldenFile('normalization');
const named = (prefix: string): GoldenCase[] => cases.filter(({ name }) => name.startsWith(prefix));

// Inputs are known to nine digits, and sums of a hundred of them to fewer.
const tolerances: [DataType, number][] = [
  ['float32', 1e-5],
  ['float64', 1e-7],
];

/** The options under which a layer begins with a case's parameters. */
function optionsOf({ inputs, config }: GoldenCase, dtype: DataType): BatchNormOptions {
  return {
    epsilon: config['eps'] as number,
    scaleInitializer: () => inputs['weight']!.data,
    offsetInitializer: () => inputs['bias']!.data,
    dtype,
  };
}

/** Expects the output of the layer, and the gradients if the case has them. */
async function expectCase(
  layer: Layer & Pick<BatchNorm, 'scale' | 'offset'>,
  { inputs, outputs }: GoldenCase,
  [dtype, tolerance]: [DataType, number],
  training: boolean,
): Promise<void> {
  const read = ({ data, shape }: GoldenTensor): Tensor => tensor(data, { shape, dtype });
  const x = read(inputs['x']!);
  const y = layer.forward(x, { training });
  expect(y.shape).toEqual(outputs['y']!.shape);
  expectClose(await numbers(y), outputs['y']!.data, tolerance);
  if (inputs['dy'] === undefined) return;
  const targets = { x, weight: layer.scale!, bias: layer.offset! };
  const gradients = grad(y, targets, { gradient: read(inputs['dy']) });
  for (const [name, gradient] of Object.entries(gradients)) {
    expectClose(await numbers(gradient), outputs[`d${name}`]!.data, tolerance);
  }
}

it.each(tolerances)('BatchNorm trains and evaluates as in PyTorch in %s', async (...precision) => {
  const [dtype, tolerance] = precision;
  const trained = named('batchNorm2d-train');
  const evaluated = named('batchNorm2d-eval');
  expect([trained.length, evaluated.length]).toEqual([3, 1]);
  const decay = 1 - (trained[0]!.config['momentum'] as number);
  const layer = new BatchNorm(3, { ...optionsOf(trained[0]!, dtype), decay });
  for (const [step, each] of trained.entries()) {
    await expectCase(layer, each, precision, true);
    const { runningMean, runningVar } = each.outputs;
    expectClose(await layer.runningMean.data(), runningMean!.data, tolerance);
    expectClose(await layer.runningVariance.data(), runningVar!.data, tolerance);
    expect(Array.from(await layer.batchCount.data())).toEqual([step + 1]);
  }
  await expectCase(layer, evaluated[0]!, precision, false);
});

it.each(tolerances)('LayerNorm is that of PyTorch in %s', async (...precision) => {
  const [golden] = named('layerNorm') as [GoldenCase];
  const layer = new LayerNorm(7, optionsOf(golden, precision[0]));
  await expectCase(layer, golden, precision, true);
  await expectCase(layer, golden, precision, false);
});
