import {
  roundTo,
  sizeOf,
  type DataType,
  type Expression,
  type ImageShape,
  type Pool2dKernel,
  type Unpool2dKernel,
  type Window2d,
} from '@gradus/core/backend';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { load, operation, planOf, reduced, strided } from './support/build.js';
import { evaluateAt, pointsOf } from './support/reference.js';
import { modes, runPlan } from './support/run.js';
import {
  anyWindow,
  exactNumbers,
  placesOf,
  positionIn,
  sights,
  windowOf,
} from './support/windows.js';

const nowhere = 2147483647;

interface Case {
  readonly window: Window2d;
  readonly size: readonly [number, number];
  readonly dtype?: DataType;
  readonly count?: number;
  readonly numbers?: readonly number[];
  /** Turns `reduced(0)` into what is stored. */
  readonly epilogue?: (result: Expression) => Expression;
}

interface Pooling {
  readonly images: ImageShape;
  readonly pooled: ImageShape;
  readonly values: readonly number[];
}

function poolingOf({ window, size, dtype = 'float32', count = 2, numbers }: Case): Pooling {
  const images: ImageShape = [count, 3, ...size];
  const pooled: ImageShape = [count, 3, ...placesOf(size, window)];
  const spread = dtype.startsWith('float') ? 1 : 64;
  const values = numbers ?? exactNumbers(images, 1).map((value) => roundTo[dtype](value * spread));
  return { images, pooled, values };
}

/** Visits every element that every window sees, channel by channel. */
function eachSight(
  { images, pooled }: Pooling,
  window: Window2d,
  visit: (place: number, at: number, element: number) => void,
): void {
  const seen = [...sights([images[2], images[3]], window)];
  for (let image = 0; image < images[0]; image++) {
    for (let channel = 0; channel < images[1]; channel++) {
      for (const { place, element, at } of seen) {
        visit(
          positionIn(pooled, image, channel, place),
          positionIn(images, image, channel, at),
          element[0] * window.kernel[1] + element[1],
        );
      }
    }
  }
}

/** The definition of each operation of pooling. */
function pool(operation: Pool2dKernel['operation'], pooling: Pooling, window: Window2d): number[] {
  const { pooled, values } = pooling;
  const held = new Map<number, number>();
  const positions = new Array<number>(sizeOf(pooled)).fill(nowhere);
  const sums = new Array<number>(sizeOf(pooled)).fill(0);
  eachSight(pooling, window, (place, at, element) => {
    const [value, best] = [values[at]!, held.get(place)];
    sums[place] = sums[place]! + value;
    if (best === undefined || value > best || (Number.isNaN(value) && !Number.isNaN(best))) {
      held.set(place, value);
      positions[place] = element;
    }
  });
  if (operation === 'sum') return sums;
  return operation === 'position'
    ? positions
    : sums.map((_, place) => held.get(place) ?? -Infinity);
}

const identity = (result: Expression): Expression => result;

/** Runs a pooling and compares every bit with the definition. */
function checkPool(
  operationName: Pool2dKernel['operation'],
  options: Case,
  generateCode: boolean,
): void {
  const { window, dtype = 'float32', epilogue = identity } = options;
  const pooling = poolingOf(options);
  const { images, pooled, values } = pooling;
  const resultType = operationName === 'position' ? 'int32' : dtype;
  const value = epilogue(reduced(0, resultType));
  const kernel: Pool2dKernel = {
    kind: 'pool2d',
    name: operationName,
    dtype,
    operation: operationName,
    images,
    window,
    buffer: 0,
    ...(operationName === 'position' ? { maxima: 1 } : {}),
    shape: pooled,
    outputs: [{ buffer: 2, value }],
  };
  const buffers = [values, pool('max', pooling, window)];
  const plan = planOf(
    [
      { role: 'input', length: sizeOf(images), dtype },
      { role: 'input', length: sizeOf(pooled), dtype },
      { role: 'output', length: sizeOf(pooled), dtype: value.dtype },
    ],
    [kernel],
  );
  const results = pool(operationName, pooling, window).map(roundTo[resultType]);
  const expected = pointsOf(pooled).map((point, place) =>
    evaluateAt(value, point, { buffers, reduced: [results[place]!] }),
  );
  expect(runPlan(plan, buffers, [], generateCode).outputs[0]).toEqual(expected);
}

/** Sends values back, to the positions of the maxima or to all elements. */
function checkUnpool(named: boolean, options: Case, generateCode: boolean): void {
  const { window, dtype = 'float32', epilogue = identity } = options;
  const pooling = poolingOf(options);
  const { images, pooled } = pooling;
  const values = exactNumbers(pooled, 2).map((each) => roundTo[dtype](each * 64));
  const positions = pool('position', pooling, window);
  const value = epilogue(reduced(0, dtype));
  const kernel: Unpool2dKernel = {
    kind: 'unpool2d',
    name: 'unpool',
    dtype,
    pooled,
    window,
    buffer: 0,
    ...(named ? { positions: 1 } : {}),
    shape: images,
    outputs: [{ buffer: 2, value }],
  };
  const plan = planOf(
    [
      { role: 'input', length: sizeOf(pooled), dtype },
      { role: 'input', length: sizeOf(pooled), dtype: 'int32' },
      { role: 'output', length: sizeOf(images), dtype: value.dtype },
    ],
    [kernel],
  );
  const sums = new Array<number>(sizeOf(images)).fill(0);
  eachSight(pooling, window, (place, at, element) => {
    if (!named || positions[place] === element)
      sums[at] = roundTo[dtype](sums[at]! + values[place]!);
  });
  const buffers = [values, positions];
  const expected = pointsOf(images).map((point, at) =>
    evaluateAt(value, point, { buffers, reduced: [sums[at]!] }),
  );
  expect(runPlan(plan, buffers, [], generateCode).outputs[0]).toEqual(expected);
}

const operations = ['max', 'sum', 'position'] as const;
const dtypes = ['float32', 'float64', 'int32', 'uint32', 'uint8'] as const;
const tiles = windowOf({ kernel: [2, 3], stride: [2, 3] });
const square = windowOf({ kernel: [2, 2], stride: [2, 2] });

/** Windows that are unrolled, looped, overlapping, tiled with a rest, and cut off on every side. */
const windows: readonly (readonly [string, Case])[] = [
  ['tiles', { window: tiles, size: [6, 9] }],
  ['tiles that leave a rest', { window: tiles, size: [7, 11] }],
  [
    'tiles of which the last are cut off',
    { window: { ...tiles, padding: { top: 0, bottom: 1, left: 0, right: 2 } }, size: [7, 10] },
  ],
  ['large tiles', { window: windowOf({ kernel: [5, 6], stride: [5, 6] }), size: [11, 12] }],
  ['a window as large as the image', { window: windowOf({ kernel: [7, 5] }), size: [7, 5] }],
  [
    'overlapping windows that are cut off',
    {
      window: windowOf({
        kernel: [3, 3],
        stride: [2, 2],
        padding: { top: 1, bottom: 1, left: 1, right: 1 },
      }),
      size: [8, 9],
    },
  ],
];

describe.each(modes)('pooling with %s', (_, generateCode) => {
  it.each(windows)('%s', (_name, options) => {
    for (const each of operations) checkPool(each, options, generateCode);
    for (const named of [false, true]) checkUnpool(named, options, generateCode);
  });

  it.each(dtypes)('pools %s', (dtype) => {
    const window = windowOf({ kernel: [2, 2], padding: { top: 1, bottom: 0, left: 0, right: 1 } });
    for (const each of operations) checkPool(each, { window, size: [4, 5], dtype }, generateCode);
    for (const named of [false, true]) {
      checkUnpool(named, { window, size: [4, 5], dtype }, generateCode);
      checkUnpool(named, { window: tiles, size: [5, 7], dtype }, generateCode);
    }
  });

  it('takes any stride, dilation and padding', () => {
    fc.assert(
      fc.property(anyWindow, fc.boolean(), ({ window, size }, named) => {
        const { kernel, dilation, padding } = window;
        const most = [0, 1].map((axis) => (kernel[axis]! - 1) * dilation[axis]!);
        const limited = {
          top: Math.min(padding.top, most[0]!),
          bottom: Math.min(padding.bottom, most[0]!),
          left: Math.min(padding.left, most[1]!),
          right: Math.min(padding.right, most[1]!),
        };
        checkUnpool(named, { window: { ...window, padding: limited }, size }, generateCode);
        for (const each of operations) {
          checkPool(each, { window: { ...window, padding: limited }, size }, generateCode);
        }
      }),
      { numRuns: generateCode ? 100 : 30 },
    );
  });

  it('lets NaN win, and the first of equals', () => {
    const numbers = [NaN, 1, -Infinity, -Infinity, 2, NaN, -Infinity, -Infinity].concat([
      -3,
      -3,
      Infinity,
      5,
      -4,
      -3,
      Infinity,
      NaN,
    ]);
    const three = [numbers, numbers, numbers].flat();
    const padding = { top: 1, bottom: 1, left: 1, right: 1 };
    for (const window of [square, { ...square, padding }]) {
      const options: Case = { window, size: [4, 4], count: 1, numbers: three };
      checkPool('max', options, generateCode);
      checkPool('position', options, generateCode);
      checkUnpool(true, options, generateCode);
    }
  });

  it('finishes with coordinates and memory', () => {
    const epilogue = (result: Expression): Expression =>
      operation(
        'add',
        'float32',
        result,
        operation('cast', 'float32', strided([1000, 100, 10, 1])),
      );
    const scaled = (result: Expression): Expression =>
      operation('mul', 'float32', epilogue(result), load(0, strided([0, 1, 0, 0])));
    checkPool('max', { window: tiles, size: [7, 7], epilogue: scaled }, generateCode);
    checkUnpool(true, { window: tiles, size: [7, 7], epilogue: scaled }, generateCode);
  });

  it('has nothing to do where there are no images', () => {
    for (const each of operations) {
      checkPool(each, { window: tiles, size: [4, 6], count: 0 }, generateCode);
    }
    checkUnpool(true, { window: tiles, size: [4, 6], count: 0 }, generateCode);
  });
});
