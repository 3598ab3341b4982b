import { compile, tensor, Variable, type Tensor } from '@gradus/core';
import { describe, expect, it } from 'vitest';
import { schedules, sgd, type Schedule } from '../src/index.js';
import { expectClose, expectError, useCpu } from './support.js';

useCpu();

const {
  constant,
  cosine,
  cosineRestarts,
  exponential,
  exponentialDecay,
  inverseTime,
  oneCycle,
  piecewise,
  polynomial,
  step,
  warmUp,
} = schedules;

type ClosedForm = (step: number) => number;

const halfCosine = (from: number, to: number, passed: number): number =>
  to + ((from - to) * (1 + Math.cos(Math.PI * passed))) / 2;

/** PyTorch's `CosineAnnealingWarmRestarts`: the part of its cycle that a step is at. */
function cycle(step: number, steps: number, growth: number): number {
  let [left, length] = [step, steps];
  while (left >= length) [left, length] = [left - length, length * growth];
  return left / length;
}

/** PyTorch's `OneCycleLR` with its defaults, for 20 steps up to 2. */
function cycleOfTwenty(step: number): number {
  const [initial, final, peak] = [2 / 25, 2 / 25 / 1e4, 0.3 * 20 - 1];
  if (step <= peak) return halfCosine(initial, 2, step / peak);
  return halfCosine(2, final, Math.min((step - peak) / (19 - peak), 1));
}

/** Schedules, what they should be in double precision, and the steps where something changes. */
const cases: Readonly<Record<string, readonly [Schedule, ClosedForm, readonly number[]]>> = {
  constant: [constant(0.5), () => 0.5, []],
  exponential: [
    exponential({ initial: 2, factor: 0.9999 }),
    (step) => 2 * 0.9999 ** step,
    [10_000, 50_000],
  ],
  exponentialDecay: [
    exponentialDecay({ minimum: 1e-4, amplitude: 3e-3, timeConstant: 2000 }),
    (step) => 1e-4 + 3e-3 * Math.exp(-step / 2000),
    [2000],
  ],
  inverseTime: [inverseTime({ initial: 2, decay: 0.25 }), (step) => 2 / (1 + 0.25 * step), [4]],
  step: [
    step({ initial: 0.8, factor: 0.5, every: 3 }),
    (step) => 0.8 * 0.5 ** Math.floor(step / 3),
    [3, 6, 60],
  ],
  'step by thirds': [
    step({ initial: 1, factor: 0.999, every: 7 }),
    (step) => 0.999 ** Math.floor(step / 7),
    [7, 49, 7001, 70_000],
  ],
  piecewise: [
    piecewise({ boundaries: [5, 10], values: [1, 0.1, 0] }),
    (step) => (step < 5 ? 1 : step < 10 ? 0.1 : 0),
    [5, 10],
  ],
  'piecewise of schedules': [
    piecewise({
      boundaries: [4, 8],
      values: [polynomial({ initial: 0, final: 1, steps: 4 }), 1, cosine({ initial: 1, steps: 6 })],
    }),
    (step) => (step < 4 ? step / 4 : step < 8 ? 1 : halfCosine(1, 0, Math.min((step - 8) / 6, 1))),
    [4, 8, 14],
  ],
  cosine: [
    cosine({ initial: 0.5, minimum: 0.01, steps: 10 }),
    (step) => halfCosine(0.5, 0.01, Math.min(step / 10, 1)),
    [10],
  ],
  'long cosine': [
    cosine({ initial: 0.5, steps: 10_000_000 }),
    (step) => halfCosine(0.5, 0, Math.min(step / 1e7, 1)),
    [5_000_000, 9_999_999],
  ],
  'cosine with restarts': [
    cosineRestarts({ initial: 0.5, minimum: 0.1, steps: 7 }),
    (step) => halfCosine(0.5, 0.1, cycle(step, 7, 1)),
    [7, 14, 7_000_000],
  ],
  'cosine with ever longer restarts': [
    cosineRestarts({ initial: 0.5, steps: 3, growth: 2 }),
    (step) => halfCosine(0.5, 0, cycle(step, 3, 2)),
    [3, 9, 21, 3 * (2 ** 20 - 1), 3 * (2 ** 22 - 1)],
  ],
  polynomial: [
    polynomial({ initial: 0.5, steps: 10, power: 2 }),
    (step) => 0.5 * (1 - Math.min(step / 10, 1)) ** 2,
    [10],
  ],
  'a line upwards': [
    polynomial({ initial: 0.1, final: 0.3, steps: 5 }),
    (step) => 0.1 + 0.2 * Math.min(step / 5, 1),
    [5],
  ],
  warmUp: [warmUp({ steps: 4, schedule: 0.8 }), (step) => 0.8 * Math.min(step / 4, 1), [4]],
  'warmUp to a cosine': [
    warmUp({ steps: 5, initialFactor: 0.2, schedule: cosine({ initial: 0.8, steps: 10 }) }),
    (step) =>
      step < 5 ? 0.8 * (0.2 + (0.8 * step) / 5) : halfCosine(0.8, 0, Math.min((step - 5) / 10, 1)),
    [5, 15],
  ],
  oneCycle: [oneCycle({ maximum: 2, steps: 20 }), cycleOfTwenty, [5, 19]],
  'oneCycle that only falls': [
    oneCycle({ maximum: 1, steps: 11, growingShare: 0, initialDivisor: 4, finalDivisor: 10 }),
    (step) => halfCosine(1, 1 / 40, Math.min(step / 10, 1)),
    [10],
  ],
};

describe.each(Object.entries(cases))('%s', (_, [schedule, closedForm, changes]) => {
  it('is what its formula says, from the first step to far behind the last', async () => {
    const first = Array.from({ length: 30 }, (_, index) => index);
    const around = changes.flatMap((change) => [change - 1, change, change + 1]);
    for (const index of [...first, ...around, 1e5, 1e6, 2 ** 24]) {
      const expected = closedForm(index);
      const rate = await schedule(tensor(index)).item();
      // Relative to the rate where it is small too, but for what cosines lose near 0.
      expect(Math.abs(rate - expected), `step ${index}`).toBeLessThan(1e-5 * expected + 1e-7);
    }
  });

  it('is a float32 scalar, finite and not negative even past 2³¹ steps', async () => {
    for (const index of [0, 2 ** 31, 1e12]) {
      const rate = schedule(tensor(index));
      expect([rate.dtype, rate.shape]).toEqual(['float32', []]);
      expect(await rate.item()).toBeGreaterThanOrEqual(0);
      expect(await rate.item()).toBeLessThan(10);
    }
  });

  it('is followed by a compiled step, traced once', async () => {
    const w = new Variable([0]);
    const optimizer = sgd({ learningRate: schedule });
    const take = compile((gradient: Tensor) => optimizer.update({ w }, { w: gradient }));
    let expected = 0;
    for (let index = 0; index < 12; index++) {
      await take([1]);
      expected -= closedForm(index);
    }
    expectClose(await w.data(), [expected]);
    expect(take.traces).toBe(1);
  });
});

describe('boundaries', () => {
  it('are met exactly', async () => {
    const rate = (schedule: Schedule, index: number) => schedule(tensor(index)).item();
    const falling = cosine({ initial: 0.5, minimum: 0.25, steps: 10 });
    expect([await rate(falling, 0), await rate(falling, 10), await rate(falling, 11)]).toEqual([
      0.5, 0.25, 0.25,
    ]);
    const warm = warmUp({ steps: 3, initialFactor: 0.1, schedule: 0.75 });
    expect([await rate(warm, 3), await rate(warm, 4)]).toEqual([0.75, 0.75]);
    const line = polynomial({ initial: 1, final: 0.5, steps: 3 });
    expect([await rate(line, 3), await rate(line, 4)]).toEqual([0.5, 0.5]);
    expect(await rate(oneCycle({ maximum: 0.5, steps: 10, growingShare: 0.5 }), 4)).toBe(0.5);
    expect(await rate(cosineRestarts({ initial: 0.5, steps: 5 }), 5)).toBe(0.5);
    expect(await rate(cosineRestarts({ initial: 0.5, steps: 5, growth: 3 }), 20)).toBe(0.5);
  });

  it('may be nested', async () => {
    const inner = warmUp({ steps: 2, schedule: step({ initial: 1, factor: 0.5, every: 2 }) });
    const outer = piecewise({ boundaries: [3], values: [0.25, inner] });
    const found = await Promise.all(
      Array.from({ length: 9 }, (_, index) => outer(tensor(index)).item()),
    );
    expectClose(found, [0.25, 0.25, 0.25, 0, 0.5, 1, 1, 0.5, 0.5]);
  });
});

describe('options', () => {
  it.each<[string, () => unknown, string]>([
    ['step', () => step({ initial: 1, factor: 2, every: 1 }), 'factor must be in (0, 1], got 2.'],
    ['step', () => step({ initial: 1, factor: 1, every: 0.5 }), 'every must be a positive integer'],
    [
      'piecewise',
      () => piecewise({ boundaries: [2, 1], values: [1, 2, 3] }),
      'boundaries must be an array of increasing positive integers, got [2, 1].',
    ],
    ['piecewise', () => piecewise({ boundaries: [0], values: [1, 2] }), 'boundaries must be'],
    [
      'piecewise',
      () => piecewise({ boundaries: [1], values: [1] }),
      'values must be an array of 2, one more than there are boundaries, got 1.',
    ],
    [
      'piecewise',
      () => piecewise({ boundaries: [1], values: [1, -1] }),
      'values[1] must be a finite number that is not negative, got -1.',
    ],
    ['cosine', () => cosine({ initial: 1, steps: 0 }), 'steps must be a positive integer, got 0.'],
    ['cosine', () => cosine({ initial: 1, minimum: NaN, steps: 1 }), 'minimum must be a finite'],
    [
      'cosineRestarts',
      () => cosineRestarts({ initial: 1, steps: 1, growth: 1.5 }),
      'growth must be a positive integer, got 1.5.',
    ],
    [
      'polynomial',
      () => polynomial({ initial: 1, steps: 1, power: 0 }),
      'power must be a positive',
    ],
    [
      'warmUp',
      () => warmUp({ steps: 1, initialFactor: 1, schedule: 1 }),
      'initialFactor must be in [0, 1), got 1.',
    ],
    [
      'warmUp',
      () => warmUp({ steps: 1, schedule: '1' as never }),
      "schedule must be a finite number that is not negative, got '1'.",
    ],
    ['oneCycle', () => oneCycle({ maximum: 1, steps: 1 }), 'steps must be at least 2, got 1.'],
    ['oneCycle', () => oneCycle({ maximum: 0, steps: 9 }), 'maximum must be a positive number'],
    ['inverseTime', () => inverseTime({ initial: 1, decay: -1 }), 'decay must be a finite number'],
    [
      'exponential',
      () => exponential({ initial: 1, factor: 1, gamma: 1 } as never),
      "unknown option 'gamma'; there are initial, factor.",
    ],
    ['cosine', () => cosine(1 as never), 'expected an object of options ({ initial'],
  ])('%s rejects what it cannot use: %#', (name, make, message) => {
    expectError(make, 'ARGUMENT', `${name}: ${message}`);
  });
});
