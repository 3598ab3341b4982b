import type { RunRecord } from '../training/run-record.js';
import type { Ending } from './report.js';
import type { Reporter, Write } from './reporter.js';

/** How often a download is told. */
const downloadIntervalMilliseconds = 1000;

/** One JSON object a line; quiet, only the last. Numbers that are not finite are null. */
export function jsonReporter(write: Write, quiet: boolean): Reporter {
  const line = (event: string, fields: object) =>
    write(`${JSON.stringify({ event, ...fields })}\n`);
  const tell = quiet ? () => undefined : line;
  let told = 0;
  let lastDownload = -Infinity;

  return {
    show(event, run) {
      if (event.type === 'notice') tell('notice', { message: event.text });
      if (event.type === 'started') tell('start', event.run);
      if (event.type === 'download') {
        const { type, ...fields } = event;
        const now = performance.now();
        if (now - lastDownload < downloadIntervalMilliseconds) return;
        lastDownload = now;
        tell(type, fields);
      }
      if (event.type === 'steps') {
        const { steps } = run.description!;
        const interval = progressInterval(steps);
        for (; told + interval <= run.steps; told += interval) {
          const window = [told, told + interval] as const;
          tell('progress', {
            step: told + interval,
            steps,
            loss: run.loss(...window),
            accuracy: run.accuracy(...window),
            examplesPerSecond: run.examplesPerSecond,
            secondsLeft: run.secondsLeft,
          });
        }
      }
    },
    stopping: () => undefined,
    end: (ending, run) => line(...lastLine(ending, run)),
    close: () => undefined,
  };
}

/** Steps between two lines of progress: twenty lines or more. */
function progressInterval(steps: number): number {
  return Math.max(1, Math.min(100, Math.floor(steps / 20)));
}

function lastLine(ending: Ending, run: RunRecord): [event: string, fields: object] {
  const { description, test } = run;
  const result = {
    model: description?.model ?? null,
    device: description?.device ?? null,
    threads: description?.threads ?? null,
    dataset: description?.dataset ?? null,
    steps: run.steps,
    seconds: run.seconds,
    medianStepMs: run.medianStepMs ?? null,
    trainLoss: run.loss() ?? null,
    testLoss: test?.loss ?? null,
    testAccuracy: test === undefined ? null : test.correct / test.examples,
    parameters: description?.parameters ?? null,
    weightsSha256: run.weightsSha256 ?? null,
  };
  if (ending.kind === 'completed') return ['done', result];
  return ['interrupted', { signal: ending.signal, ...result }];
}
