import { expect, it } from 'vitest';
import { RunRecord } from '../src/training/run-record.js';
import { runOf, stepsOf } from './support.js';

it('knows nothing at first', () => {
  const run = new RunRecord();
  expect(run.steps).toBe(0);
  expect(run.seconds).toBe(0);
  expect(run.loss()).toBeUndefined();
  expect(run.accuracy()).toBeUndefined();
  expect(run.medianStepMs).toBeUndefined();
  expect(run.examplesPerSecond).toBeUndefined();
  expect(run.secondsLeft).toBeUndefined();
});

it('averages loss and accuracy over the last 100 steps, or over those that are asked for', () => {
  const run = new RunRecord();
  run.add(stepsOf(Array<number>(50).fill(100), 0));
  run.add(stepsOf(Array<number>(60).fill(2), 1));
  run.add(stepsOf(Array<number>(40).fill(4), 0.5));
  expect(run.steps).toBe(150);
  expect(run.loss()).toBeCloseTo((60 * 2 + 40 * 4) / 100, 12);
  expect(run.accuracy()).toBeCloseTo((60 * 1 + 40 * 0.5) / 100, 12);
  expect(run.loss(0, 50)).toBe(100);
  expect(run.accuracy(45, 55)).toBe(0.5);
});

it('sums the times of steps, and takes their median', () => {
  const run = new RunRecord();
  run.add(stepsOf([1], 0, 1000));
  run.add(stepsOf([1], 0, 10));
  expect(run.medianStepMs).toBe(505);
  run.add(stepsOf([1, 1, 1], 0, 20));
  expect(run.medianStepMs).toBe(20);
  expect(run.seconds).toBeCloseTo(1.07, 12);
});

it('leaves the first step, in which the program is compiled, out of speed and time left', () => {
  const run = new RunRecord();
  run.add({ type: 'started', run: runOf({ steps: 11, batchSize: 50 }) });
  run.add(stepsOf([1], 0, 5000));
  expect(run.secondsLeft).toBeUndefined();
  run.add(stepsOf([1, 1], 0, 10));
  expect(run.examplesPerSecond).toBeCloseTo(5000, 9);
  expect(run.secondsLeft).toBeCloseTo(0.08, 12);
});

it('keeps the result', () => {
  const run = new RunRecord();
  const test = { loss: 0.25, correct: 9, examples: 10 };
  run.add({ type: 'finished', test, weightsSha256: 'abc' });
  expect(run.test).toEqual(test);
  expect(run.weightsSha256).toBe('abc');
});
