import { describe, expect, it } from 'vitest';
import {
  avgPool2d,
  conv2d,
  conv2dInputGradient,
  GradusError,
  maxPool2d,
  pairOf,
  poolingSettings,
  windowFor,
  windowPlaces,
  windowSettings,
  zeros,
  type WindowOptions,
} from '../src/index.js';

const none = { top: 0, bottom: 0, left: 0, right: 0 };

describe('windowSettings', () => {
  it('spells out what numbers and pairs mean', () => {
    expect(windowSettings('op', { kernel: 3 })).toEqual({
      kernel: [3, 3],
      stride: [1, 1],
      dilation: [1, 1],
      padding: none,
    });
    const options = { kernel: [1, 2], stride: 2, dilation: [1, 3], padding: [0, 2] } as const;
    expect(windowSettings('op', options)).toEqual({
      kernel: [1, 2],
      stride: [2, 2],
      dilation: [1, 3],
      padding: { top: 0, bottom: 0, left: 2, right: 2 },
    });
  });

  it("leaves 'same' for when there is an image", () => {
    const settings = windowSettings('op', { kernel: [6, 5], stride: 2, padding: 'same' });
    expect(settings.padding).toBe('same');
    // ⌈28 / 2⌉ places need 26 + 6 rows, ⌈7 / 2⌉ need 6 + 5 columns.
    const window = windowFor('op', [28, 7], settings);
    expect(window.padding).toEqual({ top: 2, bottom: 2, left: 2, right: 2 });
    expect(windowPlaces([28, 7], window)).toEqual([14, 4]);
    const odd = windowFor('op', [28, 27], { kernel: [5, 4], padding: 'same' });
    expect(odd.padding).toEqual({ top: 2, bottom: 2, left: 1, right: 2 });
  });

  it.each<[object, string]>([
    [
      {},
      'op: kernelSize must be an integer of at least 1 or a [height, width] pair of them, got undefined.',
    ],
    [{ kernel: [3] }, 'got [3].'],
    [{ kernel: 2.5 }, 'op: kernelSize must be an integer of at least 1'],
    [{ kernel: 3, stride: 0 }, 'op: stride must be an integer of at least 1'],
    [{ kernel: 3, dilation: '2' }, 'op: dilation must be an integer of at least 1'],
    [{ kernel: 3, padding: [1, -1] }, 'op: padding must be an integer of at least 0'],
    [{ kernel: 3, padding: [1, 1, 1, 1] }, 'pair of them, got [1,1,1,1].'],
    [{ kernel: 3, padding: { ...none, left: -1 } }, 'pair of them, got [-1,0].'],
    [
      { kernel: 3, padding: { top: 1, bottom: 1 } },
      'or { top, bottom, left, right }, got {"top":1,',
    ],
    [{ kernel: 3, padding: 'full' }, "op: padding must be 'same', 'valid', numbers or"],
  ])('rejects %j', (options, message) => {
    expectError(() => windowSettings('op', options as WindowOptions), 'ARGUMENT', message);
  });
});

it('pairOf takes the least that is allowed', () => {
  expect(pairOf('op', 'extra', 0, 0)).toEqual([0, 0]);
  expect(pairOf('op', 'extra', [2, 0], 0)).toEqual([2, 0]);
  expectError(
    () => pairOf('op', 'extra', 1, 2),
    'ARGUMENT',
    'op: extra must be an integer of at least 2',
  );
});

describe('poolingSettings', () => {
  it('lays windows side by side', () => {
    expect(poolingSettings('op', { kernelSize: [2, 3] })).toEqual({
      kernel: [2, 3],
      stride: [2, 3],
      dilation: [1, 1],
      padding: none,
    });
    expect(poolingSettings('op', { kernelSize: 2, stride: 1, padding: 'same' })).toMatchObject({
      stride: [1, 1],
      padding: 'same',
    });
  });

  it('rejects padding that a window would see alone', () => {
    const message = 'op: padding must be less than the window (3 x 1)';
    expectError(
      () => poolingSettings('op', { kernelSize: [3, 1], padding: [0, 1] }),
      'ARGUMENT',
      message,
    );
    const dilated = { kernelSize: 2, dilation: 2, padding: 2 };
    expect(poolingSettings('op', dilated).padding).toMatchObject({ top: 2, right: 2 });
  });
});

describe('errors of convolution and pooling', () => {
  const images = zeros([2, 4, 5, 5]);
  const float64 = zeros([2, 4, 3, 3], 'float64');
  const window = { ...windowSettings('op', { kernel: 3 }), padding: none, groups: 1 };

  it.each<[string, () => unknown, string]>([
    [
      'SHAPE',
      () => conv2d(zeros([4, 5, 5]), zeros([2, 4, 3, 3])),
      'conv2d: the input [n, c, h, w] must have rank 4, got [4, 5, 5].',
    ],
    [
      'SHAPE',
      () => conv2d(images, zeros([3, 3])),
      'conv2d: the filter [out, in / groups, h, w] must have rank 4',
    ],
    [
      'SHAPE',
      () => conv2d(images, zeros([2, 3, 3, 3])),
      'but the input has 4 channels; expected 4 per group.',
    ],
    [
      'SHAPE',
      () => conv2d(images, zeros([2, 4, 3, 3]), { groups: 3 }),
      '4 input and 2 output channels do not divide into 3 groups',
    ],
    [
      'SHAPE',
      () => conv2d(images, zeros([2, 4, 7, 3])),
      'conv2d: a window of 7 x 3 does not fit an image of 5 x 5',
    ],
    [
      'SHAPE',
      () => conv2d(images, zeros([2, 4, 3, 3]), { dilation: 3, padding: [0, 1] }),
      'a window of 7 x 7 does not fit an image of 5 x 5 (5 x 7 with padding)',
    ],
    [
      'ARGUMENT',
      () => conv2d(images, zeros([2, 4, 3, 3]), { groups: 0 }),
      'conv2d: groups must be a positive integer, got 0.',
    ],
    ['DTYPE', () => conv2d(images, float64), 'operands have dtypes float32 and float64'],
    [
      'SHAPE',
      () => conv2dInputGradient(zeros([2, 2, 4, 4]), zeros([2, 4, 3, 3]), images.shape, window),
      'the gradient of the output must be [2, 2, 3, 3], got [2, 2, 4, 4].',
    ],
    [
      'SHAPE',
      () => maxPool2d(zeros([4, 5, 5]), { kernelSize: 2 }),
      'the input [n, c, h, w] must have rank 4, got [4, 5, 5].',
    ],
    [
      'SHAPE',
      () => maxPool2d(images, { kernelSize: 6 }),
      'maxPool2d: a window of 6 x 6 does not fit an image of 5 x 5',
    ],
    [
      'DTYPE',
      () => maxPool2d(zeros([1, 1, 4, 4], 'bool'), { kernelSize: 2 }),
      'maxPool2d: got bool; cast first.',
    ],
    [
      'DTYPE',
      () => avgPool2d(zeros([1, 1, 4, 4], 'int32'), { kernelSize: 2 }),
      'avgPool2d: got int32, expected a floating-point dtype.',
    ],
  ])('%s: %s', (code, run, message) => {
    expectError(run, code, message);
  });
});

function expectError(run: () => unknown, code: string, message: string): void {
  let thrown: unknown;
  try {
    run();
  } catch (error) {
    thrown = error;
  }
  expect(thrown).toBeInstanceOf(GradusError);
  expect(thrown).toMatchObject({ code, message: expect.stringContaining(message) });
}
