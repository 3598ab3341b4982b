import { cpu } from '@gradus/backend-cpu';
import { compile, Device, setDefaultDevice, tensor, zeros, type Tensor } from '@gradus/core';
import * as fc from 'fast-check';
import { beforeEach, describe, expect, it } from 'vitest';
import {
  Accuracy,
  accuracy,
  ConfusionMatrix,
  crossEntropy,
  MeanLoss,
  TopKAccuracy,
  type Metric,
} from '../src/index.js';
import { expectError } from './support.js';

let device: Device;
beforeEach(() => setDefaultDevice((device = cpu())));

const classes = 4;

/** Logits among which there are ties, and labels some of which name no class. */
const examples = fc.array(
  fc.record({
    logits: fc.array(fc.integer({ min: -2, max: 2 }), { minLength: classes, maxLength: classes }),
    label: fc.integer({ min: -1, max: classes }),
  }),
  { maxLength: 5 },
);

type Examples = readonly { readonly logits: number[]; readonly label: number }[];

const batchOf = (list: Examples): readonly [logits: Tensor, labels: Tensor] => [
  tensor(
    list.flatMap(({ logits }) => logits),
    { shape: [list.length, classes] },
  ),
  tensor(
    list.map(({ label }) => label),
    { shape: [list.length], dtype: 'int32' },
  ),
];

/** The classes of an example, the greatest logit first. */
const order = (logits: number[]): number[] =>
  logits.map((_, index) => index).sort((a, b) => logits[b]! - logits[a]!);

const share = (list: Examples, isRight: (example: Examples[number]) => boolean): number =>
  list.filter(isRight).length / list.length;

/** Figures that are told one by one, computed on the host. */
const figures: readonly (readonly [string, () => Metric, (list: Examples) => number])[] = [
  [
    'Accuracy',
    () => new Accuracy(),
    (list) => share(list, ({ logits, label }) => order(logits)[0] === label),
  ],
  [
    'TopKAccuracy(1)',
    () => new TopKAccuracy(1),
    (list) => share(list, ({ logits, label }) => order(logits)[0] === label),
  ],
  [
    'TopKAccuracy(3)',
    () => new TopKAccuracy(3),
    (list) => share(list, ({ logits, label }) => order(logits).slice(0, 3).includes(label)),
  ],
];

describe.each(figures)('%s', (_, create, expected) => {
  it('counts every example once, in batches of any sizes, compiled or not', async () => {
    const [eager, compiled] = [create(), create()];
    const step = compile((logits: Tensor, labels: Tensor) => compiled.update(logits, labels));
    await fc.assert(
      fc.asyncProperty(fc.array(examples, { maxLength: 4 }), async (batches) => {
        for (const metric of [eager, compiled]) metric.reset();
        for (const list of batches) {
          eager.update(...batchOf(list));
          await step(...batchOf(list));
        }
        expect(await eager.result()).toBe(expected(batches.flat()));
        expect(await compiled.result()).toBe(expected(batches.flat()));
      }),
      { seed: 20_261_124, numRuns: 25 },
    );
  });

  it('takes probabilities as labels, of which the greatest counts', async () => {
    const metric = create();
    const logits = [
      [4, 3, 2, 1],
      [1, 2, 3, 4],
    ];
    const labels = [
      [0.7, 0.1, 0.1, 0.1],
      [0.1, 0.1, 0.1, 0.7],
    ];
    metric.update(logits, labels);
    expect(await metric.result()).toBe(1);
  });

  it('is NaN before the first example', async () => {
    expect(await create().result()).toBeNaN();
  });
});

it('accuracy over one batch is the same figure', async () => {
  const batch = batchOf([
    { logits: [1, 1, 0, 0], label: 0 },
    { logits: [1, 1, 0, 0], label: 1 },
  ]);
  expect(await accuracy(...batch).item()).toBe(0.5);
});

it('NaN counts as the greatest logit', async () => {
  const logits = [[1, NaN, Infinity, 0]];
  for (const [metric, expected] of [
    [new Accuracy(), [0, 1, 0]],
    [new TopKAccuracy(2), [0, 1, 1]],
  ] as const) {
    for (const label of [0, 1, 2]) {
      metric.reset();
      metric.update(logits, [label]);
      expect(await metric.result()).toBe(expected[label]);
    }
  }
});

describe('MeanLoss', () => {
  it('weighs batches by their examples', async () => {
    const mean = new MeanLoss();
    mean.update(2, 3);
    mean.update([5, 6]);
    mean.update(crossEntropy(zeros([0, 2]), zeros([0], 'int32')), 0);
    expect(await mean.result()).toBe((2 * 3 + 5 + 6) / 5);
    mean.reset();
    expect(await mean.result()).toBeNaN();
  });

  it('agrees with the mean over all examples, whatever the batches', async () => {
    const losses = fc.array(fc.float({ min: -1e6, max: 1e6, noNaN: true }), { maxLength: 6 });
    await fc.assert(
      fc.asyncProperty(fc.array(losses, { minLength: 1, maxLength: 4 }), async (batches) => {
        const mean = new MeanLoss();
        for (const list of batches) mean.update(new Float32Array(list));
        const all = batches.flat();
        const expected = all.reduce((sum, loss) => sum + loss, 0) / all.length;
        const scale = Math.max(1, ...all.map(Math.abs));
        const error = ((await mean.result()) - expected) / scale;
        expect(all.length === 0 ? 0 : Math.abs(error)).toBeLessThan(1e-6);
      }),
      { seed: 20_261_124, numRuns: 25 },
    );
  });

  it('does not stop growing where float32 does', async () => {
    const mean = new MeanLoss();
    const step = compile((loss: Tensor) => mean.update(loss, 1));
    await step(2 ** 27);
    for (let count = 0; count < 200; count++) await step(1);
    expect(await mean.result()).toBe((2 ** 27 + 200) / 201);
  });

  it('counts beyond 2²⁴ examples', async () => {
    const mean = new MeanLoss();
    mean.update(0, 2 ** 24);
    mean.update(1, 1);
    expect(await mean.result()).toBe(1 / (2 ** 24 + 1));
  });

  it.each([Infinity, -Infinity, NaN])('keeps a loss of %d until it is reset', async (loss) => {
    const mean = new MeanLoss();
    for (const each of [1, loss, 1]) mean.update(each, 1);
    expect(await mean.result()).toBe(loss);
    mean.reset();
    mean.update(1, 1);
    expect(await mean.result()).toBe(1);
  });

  it('takes float64 losses', async () => {
    const mean = new MeanLoss();
    mean.update(tensor([1, 2], { dtype: 'float64' }));
    expect(await mean.result()).toBe(1.5);
  });
});

describe('a metric', () => {
  const batch = batchOf([
    { logits: [1, 0, 0, 0], label: 0 },
    { logits: [1, 0, 0, 0], label: 1 },
  ]);
  const right = batchOf([{ logits: [1, 0, 0, 0], label: 0 }]);

  it('is traced once for all batches of a size', async () => {
    const [share, mean, matrix] = [new Accuracy(), new MeanLoss(), new ConfusionMatrix(classes)];
    const step = compile((logits: Tensor, labels: Tensor) => {
      share.update(logits, labels);
      mean.update(crossEntropy(logits, labels), logits.shape[0]);
      matrix.update(logits, labels);
    });
    for (let count = 0; count < 3; count++) await step(...batch);
    expect(step.traces).toBe(1);
    await step(...right);
    expect(step.traces).toBe(2);
    expect(await share.result()).toBe(4 / 7);
    const each = crossEntropy(batch[0], batch[1], { reduction: 'none' });
    const [first, second] = (await each.toArray()) as number[];
    expect(await mean.result()).toBeCloseTo((4 * first! + 3 * second!) / 7, 6);
    expect((await matrix.result()).counts[1]![0]).toBe(3);
  });

  it('can be made and reset in a compiled function', async () => {
    let share: Accuracy | undefined;
    const step = compile((logits: Tensor, labels: Tensor, anew: boolean) => {
      share ??= new Accuracy();
      if (anew) share.reset();
      share.update(logits, labels);
    });
    await step(...right, false);
    await step(...batch, false);
    expect(await share!.result()).toBe(2 / 3);
    await step(...batch, true);
    expect(await share!.result()).toBe(0.5);
  });

  it('tells of what came before it was asked', async () => {
    const share = new Accuracy();
    share.update(...right);
    const result = share.result();
    share.update(...batch);
    share.reset();
    expect(await result).toBe(1);
    expect(await share.result()).toBeNaN();
  });

  it('cannot be read while a function is traced', () => {
    const share = new Accuracy();
    const step = compile(() => void share.result());
    expectError(() => void step(), 'TRACE', 'Reading values inside a compiled function');
  });

  it('leaves memory flat, compiled or not, though nobody asks', async () => {
    const metrics = () => [new Accuracy(), new TopKAccuracy(2), new ConfusionMatrix(classes)];
    const [eager, compiled] = [metrics(), metrics()];
    const step = compile((logits: Tensor, labels: Tensor) => {
      for (const metric of compiled) metric.update(logits, labels);
    });
    const round = async () => {
      // The same tensors, so that what the device keeps of data stays the same too.
      for (const metric of eager) metric.update(...batch);
      await step(...batch);
      await device.synchronize();
      return device.memory();
    };
    // Nothing is on the device before, so what is there after it was computed unasked.
    expect(device.memory().buffers).toBe(0);
    await round();
    const before = await round();
    for (let count = 0; count < 50; count++) await round();
    const after = await round();
    expect(before.buffers).toBeGreaterThan(0);
    expect([after.buffers, after.bytes]).toEqual([before.buffers, before.bytes]);
  });

  it('computes the logits it is given once for all', async () => {
    const logits = zeros([2, classes]).add(tensor([1, 2, 3, 4]));
    new Accuracy().update(logits, [0, 1]);
    await device.synchronize();
    expect(String(logits)).toContain('[1, 2, 3, 4]');
  });
});

describe('errors', () => {
  it.each<[string, () => Metric<unknown>]>([
    ['Accuracy', () => new Accuracy()],
    ['TopKAccuracy(2)', () => new TopKAccuracy(2)],
    ['ConfusionMatrix', () => new ConfusionMatrix(4)],
  ])('of %s name it', (name, create) => {
    const update = (logits: Tensor, labels: Tensor) => () => create().update(logits, labels);
    const shapes = `${name}: for logits of shape [2, 4], labels must be classes of shape [2] or`;
    expectError(update(zeros([2, 4]), zeros([3], 'int32')), 'SHAPE', shapes);
    const dtype = `${name}: labels of shape [2] name classes and must be integers, got float32`;
    expectError(update(zeros([2, 4]), zeros([2])), 'DTYPE', dtype);
    const scalar = `${name}: logits need an axis of classes, got a scalar.`;
    expectError(update(zeros([]), zeros([], 'int32')), 'SHAPE', scalar);
  });

  it.each([0, 1.5, '5', undefined])('there is no k of %s', (k) => {
    const message = /^TopKAccuracy: k must be a positive integer, got /;
    expectError(() => new TopKAccuracy(k as number), 'ARGUMENT', message);
  });

  it('k does not exceed the classes', () => {
    const message = 'TopKAccuracy(5): k must not exceed the 4 classes of the logits.';
    const run = () => new TopKAccuracy(5).update(zeros([2, 4]), [0, 1]);
    expectError(run, 'ARGUMENT', message);
    const integers = 'TopKAccuracy(2): logits must be floating-point, got int32; cast first';
    const other = () => new TopKAccuracy(2).update(zeros([2, 4], 'int32'), [0, 1]);
    expectError(other, 'DTYPE', integers);
  });

  it('MeanLoss wants to know what a scalar is the mean of', () => {
    const mean = new MeanLoss();
    const missing =
      'MeanLoss: examples must be how many examples a scalar loss is the mean of, an integer, ' +
      "got undefined; pass images.shape[0], or losses of reduction: 'none'.";
    expectError(() => mean.update(1), 'ARGUMENT', missing);
    expectError(() => mean.update(1, -1), 'ARGUMENT', 'an integer, got -1');
    expectError(() => mean.update(1, 0.5), 'ARGUMENT', 'an integer, got 0.5');
    const twice = 'MeanLoss: examples must be left out when there is a loss for each, got 2.';
    expectError(() => mean.update([1, 2], 2), 'ARGUMENT', twice);
    const dtype = 'MeanLoss: losses must be floating-point, got int32';
    expectError(() => mean.update(zeros([], 'int32'), 1), 'DTYPE', dtype);
  });

  it('of a device that is gone reach whoever asks', async () => {
    const failing = new Accuracy();
    const gone = zeros([1, 2]).add(1);
    const labels = tensor([0], { dtype: 'int32' });
    failing.update(gone, labels);
    device.dispose();
    await expect(failing.result()).rejects.toMatchObject({ code: 'DEVICE' });
  });
});
