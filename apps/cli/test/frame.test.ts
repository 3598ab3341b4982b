import { stripVTControlCharacters } from 'node:util';
import pico from 'picocolors';
import { describe, expect, it } from 'vitest';
import { frame } from '../src/display/frame.js';
import type { TrainingEvent } from '../src/training/protocol.js';
import { RunRecord } from '../src/training/run-record.js';
import { runOf, stepsOf } from './support.js';

const colors = pico.createColors(true);

/** The frame after these events, without its colours. */
function frameAfter(events: readonly TrainingEvent[], changes = {}): string {
  const run = new RunRecord();
  for (const event of events) run.add(event);
  const state = { run, latest: events.at(-1), stopping: false, milliseconds: 1600, columns: 60 };
  return stripVTControlCharacters(frame({ ...state, ...changes }, colors));
}

const started: TrainingEvent = { type: 'started', run: runOf({ steps: 2000 }) };
const training = [started, stepsOf([0.5, 0.25, 0.15])];
const halfway = { type: 'download', file: 'digits', receivedBytes: 5e6, totalBytes: 10e6 } as const;

describe('a frame', () => {
  it('says what is going on', () => {
    expect(frameAfter([])).toBe('⠋ Starting … 1.6 s');
    expect(frameAfter([{ type: 'activity', text: 'Loading' }])).toBe('⠋ Loading … 1.6 s');
    expect(frameAfter([started])).toBe('⠋ Compiling the training step … 1.6 s');
    expect(frameAfter([{ ...halfway, totalBytes: undefined }])).toBe(
      '⠋ Downloading digits … 5.0 MB',
    );
    expect(frameAfter([{ type: 'evaluating', examples: 5000, total: 10_000 }])).toBe(
      `⠋ Testing ${'━'.repeat(15)}${'─'.repeat(15)} 5,000/10,000`,
    );
  });

  it('draws the share of a download that has arrived', () => {
    const [, bar] = /(━+─+) 5\.0 MB of 10\.0 MB$/.exec(frameAfter([halfway]))!;
    expect(bar).toMatch(/^(━+)─{1,30}$/);
    expect(bar!.lastIndexOf('━') + 1).toBe(Math.round(bar!.length / 2));
  });

  it('shows loss, accuracy, speed and time left while it trains', () => {
    const [bar, metrics] = frameAfter(training).split('\n');
    expect(bar).toMatch(/^⠋ ─+ 3\/2,000 steps$/);
    expect(metrics).toBe('  loss 0.3000 · accuracy 50.00% · 10,000 examples/s · 20.0 s left');
  });

  it('turns while nothing else changes', () => {
    const turns = [0, 80, 160].map((milliseconds) => frameAfter(training, { milliseconds })[0]);
    expect(new Set(turns).size).toBe(3);
  });

  it('says that the run is being stopped', () => {
    expect(frameAfter(training, { stopping: true })).toContain('stopping …');
  });

  it.each([20, 40, 80, 200])(
    'has a bar that leaves a terminal of %i columns its numbers',
    (columns) => {
      for (const events of [training, [halfway], [started]]) {
        const [bar] = frameAfter(events, { columns, stopping: true }).split('\n');
        expect(bar!.length).toBeLessThanOrEqual(Math.max(columns, 50));
      }
    },
  );
});
