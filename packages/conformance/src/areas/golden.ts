import { grad } from '@gradus/autograd';
import {
  compile,
  isFloating,
  ones,
  realize,
  tensor,
  Variable,
  variance,
  zeros,
  type DataType,
  type Tensor,
} from '@gradus/core';
import { checkValues } from '../assertions.js';
import {
  activations,
  convolution,
  losses,
  normalization,
  pooling,
  tensorFunction,
  type GoldenFunction,
} from '../golden/functions.js';
import type { GoldenCase, GoldenFiles, GoldenTensor } from '../golden/index.js';
import { read, type BackendTests } from '../suite.js';
import { golden as goldenTolerance, goldenSum, type Tolerance } from '../tolerances.js';

const isPrecise = (dtype: DataType): boolean => isFloating(dtype) && dtype !== 'float16';

/** Defines a test for each golden case but those of optimisers, gradients included. */
export function golden(tests: BackendTests, files: GoldenFiles): void {
  for (const each of files.tensor.cases) run(tests, each, tensorFunction);
  for (const each of files.conv2d.cases) run(tests, each, convolution);
  for (const each of files.pool2d.cases) run(tests, each, pooling);
  for (const each of files.normalization.cases) run(tests, each, normalization, goldenSum);
  runningStatistics(tests, files.normalization.cases);
  for (const each of files.activations.cases) {
    run(tests, each, ({ x }) => activations[each.name]!(x!));
  }
  for (const each of files.losses.cases) {
    const elements = losses[each.name.split('-')[0]!]!;
    run(tests, each, (inputs, config) => {
      const loss = elements(inputs, config);
      return config['reduction'] === 'mean' ? loss.mean() : loss.sum();
    });
  }
}

/** The result, called y or loss, and the gradient of each input that the case has one of. */
function run(
  tests: BackendTests,
  golden: GoldenCase,
  compute: GoldenFunction,
  tolerance: Tolerance = goldenTolerance,
): void {
  const { name, config, outputs } = golden;
  for (const dtype of tests.dtypes(isPrecise)) {
    tests.test(`${name} in ${dtype}`, async () => {
      const { dy, ...inputs } = tensorsOf(golden.inputs, dtype);
      const result = compute(inputs, config);
      const wanted = Object.keys(inputs).filter((each) => `d${each}` in outputs);
      const targets = Object.fromEntries(wanted.map((each) => [each, inputs[each]!]));
      const options = dy === undefined ? {} : { gradient: dy };
      const gradients = wanted.length === 0 ? {} : grad(result, targets, options);
      await realize(result, ...Object.values(gradients));
      await compare(name, result, (outputs['y'] ?? outputs['loss'])!, tolerance);
      for (const each of wanted) {
        await compare(`${name}, d${each}`, gradients[each]!, outputs[`d${each}`]!, tolerance);
      }
    });
  }
}

/** Those of batch normalisation, in place on the device: the unbiased variance, kept at 1 − momentum. */
function runningStatistics(tests: BackendTests, cases: readonly GoldenCase[]): void {
  tests.test('running statistics are carried from batch to batch', async () => {
    const trained = cases.filter(({ outputs }) => 'runningMean' in outputs);
    const features = trained[0]!.outputs['runningMean']!.shape;
    const runningMean = new Variable(zeros(features));
    const runningVar = new Variable(ones(features));
    const track = compile(
      (x: Tensor, rate: Tensor) => {
        const count = x.size / x.shape[1]!;
        const unbiased = variance(x, [0, 2, 3]).mul(count / (count - 1));
        const move = (running: Variable, batch: Tensor): void =>
          running.assign(running.value.add(batch.sub(running).mul(rate)));
        move(runningMean, x.mean([0, 2, 3]));
        move(runningVar, unbiased);
      },
      { device: tests.device },
    );
    for (const { name, config, inputs, outputs } of trained) {
      await track(tensorsOf(inputs, 'float32')['x']!, config['momentum'] as number);
      await compare(`${name}, running mean`, runningMean, outputs['runningMean']!, goldenSum);
      await compare(`${name}, running variance`, runningVar, outputs['runningVar']!, goldenSum);
    }
  });
}

function tensorsOf(
  golden: Readonly<Record<string, GoldenTensor>>,
  dtype: DataType,
): Record<string, Tensor> {
  const entries = Object.entries(golden).map(([name, { shape, data }]) => [
    name,
    tensor(data, { shape, dtype }),
  ]);
  return Object.fromEntries(entries) as Record<string, Tensor>;
}

async function compare(
  what: string,
  got: Tensor | Variable,
  expected: GoldenTensor,
  tolerance: Tolerance,
): Promise<void> {
  checkValues(what, await read(got), { dtype: got.dtype, ...expected }, tolerance);
}
