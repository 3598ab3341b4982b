import { expect, it } from 'vitest';
import { jsonReporter } from '../src/display/json.js';
import { plainReporter, quietReporter } from '../src/display/plain.js';
import type { Ending } from '../src/display/report.js';
import type { Reporter } from '../src/display/reporter.js';
import type { TrainingEvent } from '../src/training/protocol.js';
import { RunRecord } from '../src/training/run-record.js';
import { jsonLines, runOf, stepsOf } from './support.js';

const completed: Ending = { kind: 'completed' };
const interrupted: Ending = { kind: 'interrupted', signal: 'SIGINT' };
const started: TrainingEvent = { type: 'started', run: runOf() };
const finished: TrainingEvent = {
  type: 'finished',
  test: { loss: 0.25, correct: 9745, examples: 10_000 },
  weightsSha256: 'abc',
};
const wholeRun = [
  { type: 'activity', text: 'Loading MNIST' },
  { type: 'notice', text: 'By the way.' },
  started,
  stepsOf([4, 3]),
  stepsOf([2, 1]),
  { type: 'evaluating', examples: 0, total: 10_000 },
  finished,
] as const satisfies TrainingEvent[];

/** What a reporter writes about these events. */
function report(
  make: (write: (text: string) => void) => Reporter,
  events: readonly TrainingEvent[],
  ending: Ending,
): string {
  let output = '';
  const reporter = make((text) => (output += text));
  const run = new RunRecord();
  for (const event of events) {
    run.add(event);
    reporter.show(event, run);
  }
  reporter.end(ending, run);
  return output;
}

const asJson = (events: readonly TrainingEvent[], ending: Ending = completed, quiet = false) =>
  jsonLines({ stdout: report((write) => jsonReporter(write, quiet), events, ending) });

const done = {
  event: 'done',
  model: 'softmax',
  device: 'cpu',
  threads: 1,
  dataset: 'mnist',
  steps: 4,
  seconds: 0.04,
  medianStepMs: 10,
  trainLoss: 2.5,
  testLoss: 0.25,
  testAccuracy: 0.9745,
  parameters: 7850,
  weightsSha256: 'abc',
};

it('JSON tells notices, the start, every step of a short run, and the result', () => {
  const lines = asJson(wholeRun);
  expect(lines.map(({ event }) => event)).toEqual([
    'notice',
    'start',
    ...Array<string>(4).fill('progress'),
    'done',
  ]);
  expect(lines[0]).toEqual({ event: 'notice', message: 'By the way.' });
  expect(lines[1]).toEqual({ event: 'start', ...runOf() });
  expect(lines[3]).toMatchObject({ event: 'progress', step: 2, steps: 4, loss: 3, accuracy: 0.5 });
  expect(lines.at(-1)).toEqual(done);
});

it('JSON tells long runs every 100 steps, with means over those, however the steps arrive', () => {
  const run: TrainingEvent = { type: 'started', run: runOf({ steps: 10_000 }) };
  const losses = Array.from({ length: 250 }, (_, step) => step);
  const lines = asJson([run, stepsOf(losses.slice(0, 99)), stepsOf(losses.slice(99))]);
  expect(lines.slice(1, -1)).toMatchObject([
    { step: 100, steps: 10_000, loss: 49.5 },
    { step: 200, steps: 10_000, loss: 149.5 },
  ]);
});

it('JSON has the same fields for a run that was interrupted, null where nothing is known', () => {
  const [line] = asJson([started, stepsOf([4])], interrupted).slice(-1);
  expect(line).toEqual({
    ...done,
    event: 'interrupted',
    signal: 'SIGINT',
    steps: 1,
    seconds: 0.01,
    trainLoss: 4,
    testLoss: null,
    testAccuracy: null,
    weightsSha256: null,
  });
  const nothing = asJson([], interrupted);
  expect(nothing).toHaveLength(1);
  expect(Object.keys(nothing[0]!)).toEqual(Object.keys(line!));
  expect(nothing[0]).toMatchObject({ steps: 0, seconds: 0, model: null, trainLoss: null });
});

it('JSON that is quiet is the last line alone', () => {
  expect(asJson(wholeRun, completed, true)).toEqual([done]);
});

it('JSON has null for what is not finite', () => {
  expect(asJson([started, stepsOf([NaN])]).at(-1)).toMatchObject({ trainLoss: null });
});

it('JSON tells a download once a second', () => {
  const download = { type: 'download', file: 'a', receivedBytes: 1, totalBytes: 9 } as const;
  expect(asJson([download, download, download]).slice(0, -1)).toEqual([
    { event: 'download', file: 'a', receivedBytes: 1, totalBytes: 9 },
  ]);
});

it('plain lines tell what happens, progress every two seconds and at the end, and the result', () => {
  let time = 0;
  const clock = () => (time += 500);
  const output = report((write) => plainReporter(write, clock), wholeRun, completed);
  expect(output.split('\n')).toEqual([
    'Loading MNIST …',
    'By the way.',
    'Training softmax on MNIST (60,000 examples), 4 steps of 100, on cpu (1 thread)',
    'step 2/4  loss 3.5000  accuracy 50.00%  10,000 examples/s  0.0 s left',
    'step 4/4  loss 2.5000  accuracy 50.00%  10,000 examples/s  0.0 s left',
    'test accuracy       97.45% (9,745 of 10,000)',
    'test loss           0.2500',
    'training accuracy   50.00% (last 4 steps)',
    'training loss       2.5000 (last 4 steps)',
    'steps               4 of 100 examples',
    'time                0.0 s (100 steps/s, median 10.00 ms)',
    'parameters          7,850',
    'data set            MNIST (60,000 to train, 10,000 to test)',
    'device              cpu (1 thread)',
    'weights             sha256 abc',
    'softmax: test accuracy 97.45%, test loss 0.2500, 4 steps in 0.0 s (MNIST, cpu)',
    '',
  ]);

  const long = { type: 'started', run: runOf({ steps: 100 }) } as const;
  const steps = Array.from({ length: 9 }, () => stepsOf([1]));
  const progress = report((write) => plainReporter(write, clock), [long, ...steps], completed)
    .split('\n')
    .filter((line) => line.startsWith('step '));
  expect(progress.map((line) => line.split(' ')[1])).toEqual(['1/100', '5/100', '9/100']);
});

it('plain lines tell what is known of a run that was interrupted', () => {
  const output = report(plainReporter, [started, stepsOf([4, 2])], interrupted);
  expect(output).toContain('training loss       3.0000 (last 2 steps)\n');
  expect(output).not.toContain('test accuracy');
  expect(output.split('\n').at(-2)).toBe(
    'softmax: training accuracy 50.00%, training loss 3.0000, stopped after 2 of 4 steps in 0.0 s (MNIST, cpu)',
  );
  expect(report(plainReporter, [], interrupted)).toBe('Stopped before the first step.\n');
});

it('quiet writes one line, and what one should know elsewhere', () => {
  let warnings = '';
  const quiet = (write: (text: string) => void) =>
    quietReporter(write, (text) => (warnings += text));
  expect(report(quiet, wholeRun, completed)).toBe(
    'softmax: test accuracy 97.45%, test loss 0.2500, 4 steps in 0.0 s (MNIST, cpu)\n',
  );
  expect(warnings).toBe('By the way.\n');
});
