import * as format from './format.js';
import { headline, reportRows, summary } from './report.js';
import type { Reporter, Write } from './reporter.js';

/** How often a line of progress is written. */
const intervalMilliseconds = 2000;

/** Lines for a log file or a pipe. */
export function plainReporter(write: Write, now = () => performance.now()): Reporter {
  const line = (text: string) => write(`${text}\n`);
  let lastProgress = -Infinity;

  return {
    show(event, run) {
      if (event.type === 'activity') line(`${event.text} …`);
      if (event.type === 'notice') line(event.text);
      if (event.type === 'started') line(headline(event.run));
      if (event.type !== 'download' && event.type !== 'steps') return;

      const isLast = event.type === 'steps' && run.steps === run.description?.steps;
      if (!isLast && now() - lastProgress < intervalMilliseconds) return;
      lastProgress = now();
      if (event.type === 'download') {
        const { file, receivedBytes, totalBytes } = event;
        const total = totalBytes === undefined ? '' : ` of ${format.megabytes(totalBytes)}`;
        line(`Downloading ${file}: ${format.megabytes(receivedBytes)}${total}`);
      } else {
        line(
          `step ${format.count(run.steps)}/${format.count(run.description!.steps)}  ` +
            `loss ${format.loss(run.loss())}  accuracy ${format.percent(run.accuracy())}  ` +
            `${format.count(Math.round(run.examplesPerSecond ?? 0))} examples/s  ` +
            `${format.duration(run.secondsLeft)} left`,
        );
      }
    },
    stopping: () => line('Stopping …'),
    end(ending, run) {
      for (const row of format.table(reportRows(run))) line(row);
      line(summary(run, ending));
    },
    close: () => undefined,
  };
}

/** Nothing but the last line; what one should know goes to `warn`. */
export function quietReporter(write: Write, warn: Write): Reporter {
  return {
    show(event) {
      if (event.type === 'notice') warn(`${event.text}\n`);
    },
    stopping: () => undefined,
    end: (ending, run) => write(`${summary(run, ending)}\n`),
    close: () => undefined,
  };
}
