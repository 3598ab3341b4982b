import { createLogUpdate } from 'log-update';
import pico from 'picocolors';
import type { TrainingEvent } from '../training/protocol.js';
import { RunRecord } from '../training/run-record.js';
import * as format from './format.js';
import { frame } from './frame.js';
import { headline, reportRows, verdict } from './report.js';
import type { Reporter } from './reporter.js';

const frameMilliseconds = 80;

/** A live display, redrawn by a timer of its own, and a table at the end. */
export function terminalReporter(stream: NodeJS.WriteStream): Reporter {
  // Pseudo-terminals that programs open often have no size, and nothing can be drawn on nothing.
  stream.columns ||= 80;
  stream.rows ||= 24;
  const live = createLogUpdate(stream);
  const start = performance.now();
  let run = new RunRecord();
  let latest: TrainingEvent | undefined;
  let stopping = false;

  const draw = () => {
    const milliseconds = performance.now() - start;
    live(frame({ latest, run, stopping, milliseconds, columns: stream.columns }, pico));
  };
  const timer = setInterval(draw, frameMilliseconds);
  const close = () => {
    clearInterval(timer);
    live.clear();
    live.done();
  };
  draw();

  return {
    show(event, record) {
      run = record;
      if (event.type === 'notice') live.persist(pico.yellow(event.text));
      else latest = event;
      if (event.type === 'started') live.persist(pico.bold(headline(event.run)));
    },
    stopping() {
      stopping = true;
      draw();
    },
    end(ending, record) {
      close();
      const completed = ending.kind === 'completed';
      const sign = completed ? pico.green('✔') : pico.yellow('■');
      const rows = format.table(reportRows(record)).map((row) => `  ${row}\n`);
      stream.write(`${sign} ${pico.bold(verdict(record, ending))}\n${rows.join('')}`);
    },
    close,
  };
}
