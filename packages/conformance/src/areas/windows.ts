import {
  conv2d,
  conv2dFilterGradient,
  conv2dInputGradient,
  isFloating,
  maxPool2d,
  maxPool2dPositions,
  maxUnpool2d,
  relu,
  sumPool2d,
  sumUnpool2d,
  tensor,
  windowPlaces,
  type Convolution2d,
  type Tensor,
  type Window2d,
} from '@gradus/core';
import type { Inputs } from '../inputs.js';
import type { BackendTests } from '../suite.js';
import { exact, ofSum } from '../tolerances.js';

/** A window with every option drawn, and an image size that it fits. */
function drawWindow(inputs: Inputs): { window: Window2d; size: [number, number] } {
  const pair = (from: number, to: number): [number, number] => [
    inputs.integer(from, to),
    inputs.integer(from, to),
  ];
  const [kernel, stride, dilation] = [pair(1, 5), pair(1, 4), pair(1, 3)];
  const [rows, columns] = kernel.map((extent, axis) => (extent - 1) * dilation[axis]!);
  const padding = {
    top: inputs.integer(0, rows! + 1),
    bottom: inputs.integer(0, rows! + 1),
    left: inputs.integer(0, columns! + 1),
    right: inputs.integer(0, columns! + 1),
  };
  const size: [number, number] = [
    rows! + 1 + inputs.integer(0, 6),
    columns! + 1 + inputs.integer(0, 6),
  ];
  return { window: { kernel, stride, dilation, padding }, size };
}

interface Drawn {
  readonly convolution: Convolution2d;
  readonly images: number[];
  readonly filter: number[];
  readonly output: number[];
}

function drawConvolution(inputs: Inputs): Drawn {
  const { window, size } = drawWindow(inputs);
  const groups = inputs.pick([1, 1, 2, 3]);
  const [perGroup, outputs] = [inputs.integer(1, 4), groups * inputs.integer(1, 4)];
  const count = inputs.integer(1, 4);
  return {
    convolution: { ...window, groups },
    images: [count, groups * perGroup, ...size],
    filter: [outputs, perGroup, ...window.kernel],
    output: [count, outputs, ...windowPlaces(size, window)],
  };
}

const options = ({ stride, dilation, padding, groups }: Convolution2d) => ({
  stride,
  dilation,
  padding,
  groups,
});

/** As many cases as it takes to meet every combination of options. */
const several = (draw: () => Tensor): Tensor[] => Array.from({ length: 12 }, draw);

/** Convolution and pooling with every option, and what flows back through them. */
export function windows(tests: BackendTests): void {
  for (const dtype of tests.dtypes((each) => isFloating(each) && each !== 'float16')) {
    const tolerance = ofSum(400);
    tests.expression(
      `conv2d of ${dtype}`,
      (inputs) =>
        several(() => {
          const { convolution, images, filter } = drawConvolution(inputs);
          const [x, w] = [inputs.tensor(images, dtype), inputs.tensor(filter, dtype)];
          return conv2d(x, w, options(convolution));
        }),
      { tolerance },
    );
    tests.expression(
      `gradient of conv2d of ${dtype} for its images`,
      (inputs) =>
        several(() => {
          const { convolution, images, filter, output } = drawConvolution(inputs);
          const [dy, w] = [inputs.tensor(output, dtype), inputs.tensor(filter, dtype)];
          return conv2dInputGradient(dy, w, images, convolution);
        }),
      { tolerance },
    );
    tests.expression(
      `gradient of conv2d of ${dtype} for its filter`,
      (inputs) =>
        several(() => {
          const { convolution, images, filter, output } = drawConvolution(inputs);
          const [x, dy] = [inputs.tensor(images, dtype), inputs.tensor(output, dtype)];
          return conv2dFilterGradient(x, dy, filter, convolution);
        }),
      { tolerance },
    );
  }
  epilogues(tests);
  pooling(tests);
}

function epilogues(tests: BackendTests): void {
  tests.expression(
    'bias and activation behind a convolution, views before it',
    (inputs) => {
      const x = inputs.tensor([9, 2, 11, 3]).transpose([3, 1, 2, 0]);
      const w = inputs.tensor([4, 2, 3, 3]);
      const bias = inputs.tensor([4, 1, 1]);
      return relu(conv2d(x, w, { padding: 'same', stride: 2 }).add(bias));
    },
    { tolerance: ofSum(18) },
  );
  tests.expression('nothing to convolve', (inputs) => [
    conv2d(inputs.tensor([0, 2, 5, 5]), inputs.tensor([3, 2, 3, 3])),
    conv2d(inputs.tensor([2, 0, 5, 5]), inputs.tensor([3, 0, 3, 3])),
  ]);
}

function pooling(tests: BackendTests): void {
  for (const dtype of tests.dtypes((each) => each !== 'bool' && each !== 'float16')) {
    tests.expression(`maxPool2d of ${dtype}, and where`, (inputs) =>
      several(() => {
        const { window, size } = drawWindow(inputs);
        const x = inputs.tensor([2, 3, ...size], dtype);
        const { kernel, ...rest } = window;
        const greatest = maxPool2d(x, { kernelSize: kernel, ...rest });
        const positions = maxPool2dPositions(x, greatest, window);
        return greatest.cast('float32').add(positions.cast('float32').mul(8));
      }),
    );
  }
  tests.expression(
    'sums over windows, and back',
    (inputs) =>
      several(() => {
        const { window, size } = drawWindow(inputs);
        const images = [2, 3, ...size];
        const sums = sumPool2d(inputs.tensor(images), window);
        return sumUnpool2d(sums, images, window);
      }),
    { tolerance: ofSum(400) },
  );
  tests.expression(
    'values at the places that a pooling found',
    (inputs) =>
      several(() => {
        const { window, size } = drawWindow(inputs);
        const images = [2, 3, ...size];
        const x = inputs.tensor(images);
        const { kernel, ...rest } = window;
        const positions = maxPool2dPositions(
          x,
          maxPool2d(x, { kernelSize: kernel, ...rest }),
          window,
        );
        const values = inputs.tensor([2, 3, ...windowPlaces(size, window)]);
        return maxUnpool2d(values, positions, images, window);
      }),
    { tolerance: ofSum(16) },
  );
  tests.expression(
    'maxPool2d: NaN wins, infinities count, ties go to the first, padding never wins',
    () => {
      const x = tensor([
        [
          [
            [NaN, 1, -Infinity, -Infinity],
            [2, NaN, -Infinity, -Infinity],
            [-3, -3, Infinity, 5],
            [-4, -3, Infinity, NaN],
          ],
        ],
      ]);
      const window: Window2d = {
        kernel: [2, 2],
        stride: [2, 2],
        dilation: [1, 1],
        padding: { top: 0, bottom: 0, left: 0, right: 0 },
      };
      const padded: Window2d = { ...window, padding: { top: 1, bottom: 1, left: 1, right: 1 } };
      return [window, padded].flatMap((each) => {
        const { kernel, ...rest } = each;
        const greatest = maxPool2d(x, { kernelSize: kernel, ...rest });
        return [greatest, maxPool2dPositions(x, greatest, each).cast('float32')];
      });
    },
    { tolerance: exact },
  );
}
