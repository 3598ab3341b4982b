import type { DigitDataset } from '@gradus/mnist';

const pixels = 784;
const classes = 10;

/** A classifier with one dense layer, trained in plain JavaScript so as to need no other package. */
export class SoftmaxRegression {
  readonly #weight = Array.from({ length: classes }, () => new Float64Array(pixels));
  readonly #bias = new Float64Array(classes);

  /** Gradient descent on the cross-entropy, one step for each batch of 100. */
  train(digits: DigitDataset, { epochs, learningRate }: { epochs: number; learningRate: number }) {
    for (const { images, labels } of digits.batches(100, { epochs })) {
      const step = learningRate / labels.data.length;
      const errors = [...labels.data].map((label, index) =>
        this.#probabilities(pixelsOf(images.data, index)).map((probability, digit) =>
          digit === label ? probability - 1 : probability,
        ),
      );
      errors.forEach((error, index) => {
        const image = pixelsOf(images.data, index);
        for (let digit = 0; digit < classes; digit++) {
          const change = step * error[digit]!;
          const weight = this.#weight[digit]!;
          for (let pixel = 0; pixel < pixels; pixel++) weight[pixel]! -= change * image[pixel]!;
          this.#bias[digit]! -= change;
        }
      });
    }
  }

  /** The share of digits recognised. */
  accuracy(digits: DigitDataset): number {
    let correct = 0;
    for (const { images, labels } of digits.batches(100)) {
      labels.data.forEach((label, index) => {
        const probabilities = this.#probabilities(pixelsOf(images.data, index));
        if (probabilities.indexOf(Math.max(...probabilities)) === label) correct += 1;
      });
    }
    return correct / digits.length;
  }

  #probabilities(image: Float32Array): number[] {
    const scores = this.#weight.map((weight, digit) => {
      let score = this.#bias[digit]!;
      for (let pixel = 0; pixel < pixels; pixel++) score += weight[pixel]! * image[pixel]!;
      return score;
    });
    const highest = Math.max(...scores);
    const exponentials = scores.map((score) => Math.exp(score - highest));
    const sum = exponentials.reduce((total, each) => total + each);
    return exponentials.map((each) => each / sum);
  }
}

function pixelsOf(images: Float32Array, index: number): Float32Array {
  return images.subarray(index * pixels, (index + 1) * pixels);
}
