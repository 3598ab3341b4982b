// What a user writes: trains a small convolutional network for a few steps.
import {
  Conv2d,
  Dense,
  Flatten,
  Sequential,
  adam,
  compile,
  crossEntropy,
  grad,
  maxPool2d,
  randomKey,
  relu,
  setDefaultDevice,
  syntheticDigits,
  tensor,
  wasm,
} from 'gradus';

/** @returns The losses, and how many threads computed them. */
export async function train() {
  const device = await wasm({ threads: 2 });
  setDefaultDevice(device);
  const [first, second] = randomKey(7).split(2);
  const model = new Sequential([
    new Conv2d(1, 4, {
      kernelSize: 5,
      stride: 2,
      padding: 'same',
      activation: relu,
      random: first,
    }),
    new Flatten(),
    new Dense(4 * 14 * 14, 10, { random: second }),
  ]);
  const optimizer = adam({ learningRate: 1e-2 });
  const step = compile((images, labels) => {
    const loss = crossEntropy(model.forward(images), labels);
    optimizer.update(model, grad(loss, model));
    return loss;
  });
  const digits = syntheticDigits({ train: 100, test: 1, seed: 7 });
  const losses = [];
  for (const { images, labels } of digits.train.batches(20, { epochs: 2 })) {
    losses.push(await (await step(images, labels)).item());
  }
  const { count, reason } = device.capabilities.threads;
  return { losses, threads: count, reason };
}

/** @returns The greatest of four numbers, by what the program has not needed before. */
export async function pool() {
  const image = tensor([
    [
      [
        [1, 2],
        [4, 3],
      ],
    ],
  ]);
  return maxPool2d(image, { kernelSize: 2 }).item();
}
