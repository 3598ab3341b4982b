import { createHash } from 'node:crypto';
import { beforeAll, describe, expect, it } from 'vitest';
import { cpu, setDefaultDevice, Variable } from 'gradus';
import type { RunDescription, TrainingEvent, TrainingRequest } from '../src/training/protocol.js';
import { RunRecord } from '../src/training/run-record.js';
import { train } from '../src/training/train.js';
import { countParameters, hashWeights } from '../src/training/weights.js';
import { digitsDirectory, requestOf } from './support.js';

/** Trains, and gathers the events. */
async function trained(changes: Partial<TrainingRequest>, stopAfter = Infinity) {
  const events: TrainingEvent[] = [];
  const run = new RunRecord();
  const stop = new AbortController();
  const emit = (event: TrainingEvent) => {
    events.push(event);
    run.add(event);
    if (event.type === 'started' && stopAfter === 0) stop.abort();
  };
  await train(requestOf(changes), emit, stop.signal);
  return { events, run, description: run.description! };
}

describe('train', () => {
  let dataDirectory: string;
  beforeAll(() => {
    dataDirectory = digitsDirectory();
  });

  it('tells what it trains, every step, and a test of all test digits', async () => {
    const { events, run, description } = await trained({ dataDirectory, steps: 30, batchSize: 20 });
    expect(description).toEqual({
      model: 'softmax',
      device: 'cpu',
      threads: 1,
      dataset: 'custom',
      trainExamples: 200,
      testExamples: 60,
      steps: 30,
      batchSize: 20,
      seed: 0,
      parameters: 7850,
    } satisfies RunDescription);
    expect(run.steps).toBe(30);
    expect(run.loss(0, 1)).toBeCloseTo(Math.log(10), 5);
    expect(run.loss(29, 30)).toBeLessThan(Math.log(10) / 2);
    expect(run.test!.examples).toBe(60);
    expect(run.test!.correct).toBeGreaterThan(20);
    expect(run.test!.loss).toBeLessThan(Math.log(10));
    expect(events.at(-1)?.type).toBe('finished');
  });

  it('gives the same weights for the same seed, and others for another', async () => {
    const settings = { model: 'mlp-dropout', dataDirectory, steps: 3, batchSize: 50 };
    const first = await trained({ ...settings, seed: 5 });
    const second = await trained({ ...settings, seed: 5 });
    const other = await trained({ ...settings, seed: 6 });
    expect(first.run.weightsSha256).toMatch(/^[0-9a-f]{64}$/);
    expect(second.run.weightsSha256).toBe(first.run.weightsSha256);
    expect(second.run.loss()).toBe(first.run.loss());
    expect(other.run.weightsSha256).not.toBe(first.run.weightsSha256);
  });

  it('counts epochs in steps, the last of which may reach into the next', async () => {
    const { run } = await trained({ dataDirectory, epochs: 2, batchSize: 150 });
    expect(run.steps).toBe(Math.ceil((2 * 200) / 150));
  });

  it('takes the recipe of the model for what is not given', async () => {
    const { description } = await trained({ dataDirectory, model: 'mlp-relu' }, 0);
    expect(description).toMatchObject({ steps: 10_000, batchSize: 100, parameters: 185_300 });
  });

  it('uses the learning rate that is given', async () => {
    const settings = { dataDirectory, steps: 2, batchSize: 20 };
    const slow = await trained({ ...settings, learningRate: 1e-9 });
    expect(slow.run.loss(1, 2)).toBeCloseTo(Math.log(10), 5);
  });

  it('says once when the loss is not finite any more', async () => {
    const { events } = await trained({
      model: 'mlp-relu',
      dataDirectory,
      steps: 6,
      batchSize: 20,
      learningRate: 1e30,
    });
    const notices = events.filter(({ type }) => type === 'notice');
    expect(notices).toHaveLength(1);
    expect(notices[0]).toMatchObject({ text: expect.stringMatching(/^The loss is (NaN|Inf)/) });
  });

  it('stops when it is told to, without a test, and tells the weights', async () => {
    const { run } = await trained({ dataDirectory }, 0);
    expect(run.steps).toBe(0);
    expect(run.test).toBeUndefined();
    expect(run.weightsSha256).toMatch(/^[0-9a-f]{64}$/);
  });

  it('refuses batches that the training set cannot fill', async () => {
    await expect(trained({ dataDirectory, batchSize: 201 })).rejects.toThrow('at most 200');
  });
});

describe('weights', () => {
  beforeAll(() => setDefaultDevice(cpu()));

  it('are hashed in the order of their names, as little-endian float32', async () => {
    const model = { b: new Variable([1, -2]), a: { weight: new Variable([[0.5]]) } };
    const bytes = Buffer.alloc(12);
    [0.5, 1, -2].forEach((value, index) => bytes.writeFloatLE(value, 4 * index));
    const expected = createHash('sha256').update(bytes).digest('hex');
    expect(await hashWeights(model)).toBe(expected);
  });

  it('are counted where they are trained', () => {
    const frozen = new Variable([1, 2, 3], { trainable: false });
    expect(countParameters({ a: new Variable([[1, 2]]), frozen, b: new Variable(1) })).toBe(3);
  });
});
