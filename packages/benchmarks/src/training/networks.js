/**
 * A convolution with a ReLU, and the max pooling behind it.
 *
 * @typedef {object} Stage
 * @property {number} filters How many.
 * @property {number} kernel Height and width of each.
 * @property {number} stride How far they move.
 * @property {'same' | 'valid'} padding What surrounds the images.
 * @property {number} pool The size of what is pooled; 1 if nothing is.
 */

/**
 * A network for digits, trained in batches: convolutions, a dense layer with a ReLU, ten outputs.
 *
 * @typedef {object} Network
 * @property {string} name Shown in the table.
 * @property {number} batchSize Images a step.
 * @property {readonly Stage[]} stages The convolutions.
 * @property {number} hidden Width of the dense layer.
 * @property {number} rounds How often a step is timed.
 */

/** Height and width of the images, which have one channel. */
export const imageSize = 28;

/** How many kinds of digits there are. */
export const classes = 10;

/** What plain gradient descent multiplies gradients with. */
export const learningRate = 0.05;

/** @type {readonly Network[]} */
export const networks = [
  {
    name: 'step-lenet',
    batchSize: 250,
    stages: [
      { filters: 24, kernel: 5, stride: 1, padding: 'valid', pool: 2 },
      { filters: 32, kernel: 3, stride: 1, padding: 'valid', pool: 2 },
    ],
    hidden: 128,
    rounds: 3,
  },
  {
    name: 'step-conv',
    batchSize: 100,
    stages: [
      { filters: 4, kernel: 5, stride: 1, padding: 'same', pool: 1 },
      { filters: 8, kernel: 5, stride: 2, padding: 'same', pool: 1 },
      { filters: 12, kernel: 4, stride: 2, padding: 'same', pool: 1 },
    ],
    hidden: 200,
    rounds: 7,
  },
];

/**
 * Shapes of the images behind each stage.
 *
 * @param {Network} network Its stages are applied in order.
 * @returns {{ channels: number, size: number }[]} One for each stage, after pooling.
 */
export function stageShapes({ stages }) {
  let size = imageSize;
  return stages.map(({ filters, kernel, stride, padding, pool }) => {
    const places = padding === 'same' ? size : size - kernel + 1;
    size = Math.floor(Math.ceil(places / stride) / pool);
    return { channels: filters, size };
  });
}

/**
 * A batch that no other round has.
 *
 * @param {Network} network How large it is.
 * @param {number} round Which.
 * @returns {{ images: Float32Array, labels: Int32Array }} Pixels in [0, 1) and digits.
 */
export function batch({ batchSize }, round) {
  const length = batchSize * imageSize * imageSize;
  const images = Float32Array.from(
    { length },
    (_, i) => (((i + 1) * (2654435761 + 40503 * round)) % 1009) / 1009,
  );
  const labels = Int32Array.from({ length: batchSize }, (_, i) => (7 * i + round) % classes);
  return { images, labels };
}
