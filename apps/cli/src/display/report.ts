import type { RunDescription } from '../training/protocol.js';
import type { RunRecord } from '../training/run-record.js';
import { windowSteps } from '../training/run-record.js';
import * as format from './format.js';

/** How a run ended. */
export type Ending =
  { readonly kind: 'completed' } | { readonly kind: 'interrupted'; readonly signal: string };

/** The run in one line, as it begins. */
export function headline(run: RunDescription): string {
  const { model, device, threads, steps, batchSize, trainExamples } = run;
  return (
    `Training ${model} on ${format.datasetName(run)} (${format.count(trainExamples)} examples), ` +
    `${format.counted(steps, 'step')} of ${format.count(batchSize)}, ` +
    `on ${device} (${format.counted(threads, 'thread')})`
  );
}

/** How the run ended, in a few words. */
export function verdict(run: RunRecord, ending: Ending): string {
  const { description, steps } = run;
  if (description === undefined) return 'Stopped before the first step';
  const { model } = description;
  if (ending.kind === 'completed') return `${model} trained`;
  return `${model} stopped after ${format.count(steps)} of ${format.counted(description.steps, 'step')}`;
}

/** The result in one line. */
export function summary(run: RunRecord, ending: Ending): string {
  const { description, steps, seconds, test } = run;
  if (description === undefined) return 'Stopped before the first step.';
  const how =
    ending.kind === 'completed'
      ? format.counted(steps, 'step')
      : `stopped after ${format.count(steps)} of ${format.counted(description.steps, 'step')}`;
  const accuracy =
    test === undefined
      ? `training accuracy ${format.percent(run.accuracy())}, training loss ${format.loss(run.loss())}`
      : `test accuracy ${format.percent(test.correct / test.examples)}, test loss ${format.loss(test.loss)}`;
  return (
    `${description.model}: ${accuracy}, ${how} in ${format.duration(seconds)} ` +
    `(${format.datasetName(description)}, ${description.device})`
  );
}

/** The result in full: names and values. */
export function reportRows(run: RunRecord): [name: string, value: string][] {
  const { description, test, steps, seconds } = run;
  if (description === undefined) return [];
  const perSecond = seconds > 0 ? ` (${(steps / seconds).toFixed(0)} steps/s` : '';
  const window = format.counted(Math.min(windowSteps, steps), 'step');
  const rows: [string, string][] = [];
  if (test !== undefined) {
    const answers = `${format.count(test.correct)} of ${format.count(test.examples)}`;
    rows.push(['test accuracy', `${format.percent(test.correct / test.examples)} (${answers})`]);
    rows.push(['test loss', format.loss(test.loss)]);
  }
  if (steps > 0) {
    rows.push(['training accuracy', `${format.percent(run.accuracy())} (last ${window})`]);
    rows.push(['training loss', `${format.loss(run.loss())} (last ${window})`]);
  }
  rows.push(
    ['steps', `${format.count(steps)} of ${format.count(description.batchSize)} examples`],
    [
      'time',
      `${format.duration(seconds)}${perSecond && `${perSecond}, median ${format.milliseconds(run.medianStepMs)})`}`,
    ],
    ['parameters', format.count(description.parameters)],
    [
      'data set',
      `${format.datasetName(description)} (${format.count(description.trainExamples)} to train, ` +
        `${format.count(description.testExamples)} to test)`,
    ],
    ['device', `${description.device} (${format.counted(description.threads, 'thread')})`],
  );
  if (run.weightsSha256 !== undefined) rows.push(['weights', `sha256 ${run.weightsSha256}`]);
  return rows;
}
