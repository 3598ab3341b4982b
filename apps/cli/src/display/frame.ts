import type pico from 'picocolors';
import type { TrainingEvent } from '../training/protocol.js';
import type { RunRecord } from '../training/run-record.js';
import * as format from './format.js';

/** What a frame of the live display is drawn from. */
export interface FrameState {
  /** The newest event that says what is going on. */
  readonly latest: TrainingEvent | undefined;
  readonly run: RunRecord;
  readonly stopping: boolean;
  /** Since the command began; it turns the spinner. */
  readonly milliseconds: number;
  /** Width of the terminal. */
  readonly columns: number;
}

type Colors = ReturnType<typeof pico.createColors>;

const spinner = ['⠋', '⠙', '⠹', '⠸', '⠼', '⠴', '⠦', '⠧', '⠇', '⠏'];
const spinnerMilliseconds = 80;
const maximumBarWidth = 60;

/** One frame of the live display: lines that say what is going on, none wider than the terminal. */
export function frame(state: FrameState, colors: Colors): string {
  const turn = Math.floor(state.milliseconds / spinnerMilliseconds) % spinner.length;
  const lead = `${colors.cyan(spinner[turn])} `;
  const stopping = state.stopping ? colors.yellow('stopping … ') : '';
  return `${lead}${stopping}${body(state, colors)}`;
}

function body({ latest, run, columns, milliseconds }: FrameState, colors: Colors): string {
  const elapsed = colors.dim(format.duration(milliseconds / 1000));
  switch (latest?.type) {
    case 'activity':
      return `${latest.text} … ${elapsed}`;
    case 'download': {
      const { file, receivedBytes, totalBytes } = latest;
      const received = format.megabytes(receivedBytes);
      if (totalBytes === undefined) return `Downloading ${file} … ${received}`;
      const numbers = ` ${received} of ${format.megabytes(totalBytes)}`;
      const title = `Downloading ${file} `;
      const width = columns - title.length - numbers.length - 16;
      return title + bar(receivedBytes / totalBytes, width, colors) + numbers;
    }
    case 'started':
      return `Compiling the training step … ${elapsed}`;
    case 'steps':
      return training(run, columns, colors);
    case 'evaluating': {
      const numbers = ` ${format.count(latest.examples)}/${format.count(latest.total)}`;
      return `Testing ${bar(latest.examples / latest.total, columns - 30, colors)}${numbers}`;
    }
    default:
      return `Starting … ${elapsed}`;
  }
}

function training(run: RunRecord, columns: number, colors: Colors): string {
  const total = run.description!.steps;
  const numbers = ` ${format.count(run.steps)}/${format.count(total)} steps`;
  const speed = format.count(Math.round(run.examplesPerSecond ?? 0));
  const metrics = [
    `loss ${colors.bold(format.loss(run.loss()))}`,
    `accuracy ${colors.bold(format.percent(run.accuracy()))}`,
    `${speed} examples/s`,
    `${format.duration(run.secondsLeft)} left`,
  ];
  const width = columns - numbers.length - 16;
  return `${bar(run.steps / total, width, colors)}${numbers}\n  ${metrics.join(colors.dim(' · '))}`;
}

function bar(fraction: number, room: number, colors: Colors): string {
  const width = Math.max(0, Math.min(room, maximumBarWidth));
  const full = Math.round(Math.min(1, Math.max(0, fraction)) * width);
  return colors.green('━'.repeat(full)) + colors.dim('─'.repeat(width - full));
}
