import { grad } from '@gradus/autograd';
import { isFloating, realize, tensor, type DataType, type Tensor } from '@gradus/core';
import { checkValues } from '../assertions.js';
import {
  activations,
  convolution,
  losses,
  pooling,
  tensorFunction,
  type GoldenFunction,
} from '../golden/functions.js';
import type { GoldenCase, GoldenFiles, GoldenTensor } from '../golden/index.js';
import { read, type BackendTests } from '../suite.js';
import { golden as tolerance } from '../tolerances.js';

const isPrecise = (dtype: DataType): boolean => isFloating(dtype) && dtype !== 'float16';

/** Defines a test for each golden case but those of optimisers, gradients included. */
export function golden(tests: BackendTests, files: GoldenFiles): void {
  for (const each of files.tensor.cases) run(tests, each, tensorFunction);
  for (const each of files.conv2d.cases) run(tests, each, convolution);
  for (const each of files.pool2d.cases) run(tests, each, pooling);
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
function run(tests: BackendTests, golden: GoldenCase, compute: GoldenFunction): void {
  const { name, config, outputs } = golden;
  for (const dtype of tests.dtypes(isPrecise)) {
    tests.test(`${name} in ${dtype}`, async () => {
      const { dy, ...inputs } = tensorsOf(golden.inputs, dtype);
      const result = compute(inputs, config);
      const wanted = Object.keys(inputs).filter((each) => `d${each}` in outputs);
      const targets = Object.fromEntries(wanted.map((each) => [each, inputs[each]!]));
      const gradients = grad(result, targets, dy === undefined ? {} : { gradient: dy });
      await realize(result, ...Object.values(gradients));
      await compare(name, result, (outputs['y'] ?? outputs['loss'])!);
      for (const each of wanted) {
        await compare(`${name}, d${each}`, gradients[each]!, outputs[`d${each}`]!);
      }
    });
  }
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

async function compare(what: string, got: Tensor, expected: GoldenTensor): Promise<void> {
  checkValues(what, await read(got), { dtype: got.dtype, ...expected }, tolerance);
}
