import { grad } from '@gradus/autograd';
import {
  compile,
  logSoftmax,
  namedParameters,
  oneHot,
  setDefaultDevice,
  type Device,
  type Layer,
  type Tensor,
} from '@gradus/core';
import { syntheticDigits } from '@gradus/mnist';

/** Trains a classifier of 28 × 28 digits and answers which part of the test digits it recognises. */
export async function trainClassifier(
  device: Device,
  classifier: Layer,
  { digits, steps }: { readonly digits: number; readonly steps: number },
): Promise<number> {
  setDefaultDevice(device);
  const { train, test } = syntheticDigits({ train: digits, test: digits, seed: 1 });
  const logits = (images: Tensor): Tensor => classifier.forward(images.reshape([-1, 784]));
  const parameters = namedParameters(classifier);
  const step = compile((images: Tensor, labels: Tensor) => {
    const loss = logSoftmax(logits(images)).mul(oneHot(labels, 10)).sum(-1).mean().neg();
    for (const [path, gradient] of Object.entries(grad(loss, parameters))) {
      const parameter = parameters[path]!;
      parameter.assign(parameter.value.sub(gradient.mul(0.3)));
    }
    return loss;
  });
  for (let count = 0; count < steps;) {
    for await (const { images, labels } of train.batches(20)) {
      if (count++ === steps) break;
      await step(images, labels);
    }
  }
  const { images, labels } = test.all();
  const recognised = compile((x: Tensor, y: Tensor) =>
    logits(x).argMax().equal(y).cast('float32').mean(),
  );
  return (await recognised(images, labels)).item();
}
