import { Worker } from 'node:worker_threads';
import type { Reporter } from '../display/reporter.js';
import { CommandError, errorOf } from '../errors.js';
import type { TrainingEvent, TrainingRequest } from './protocol.js';
import { stopMessage } from './protocol.js';
import { RunRecord } from './run-record.js';

/** The statuses with which shells report these signals. */
const exitCodes = { SIGINT: 130, SIGTERM: 143 } as const;
type StopSignal = keyof typeof exitCodes;

/** How long the worker may take to stop before it is stopped from outside. */
const graceMilliseconds = 2000;

/**
 * Trains in a worker and shows it.
 *
 * The first SIGINT or SIGTERM stops the run after its current step, or after two seconds, and shows
 * what is known so far; the second ends the process at once.
 *
 * @returns The exit status: 0, or 128 and the number of the signal.
 * @throws What the worker reported, or what ended the worker itself.
 */
export async function superviseTraining(
  request: TrainingRequest,
  reporter: Reporter,
): Promise<number> {
  const worker = new Worker(new URL('./worker.js', import.meta.url), { workerData: request });
  const run = new RunRecord();
  let stoppedBy: StopSignal | undefined;
  let giveUp = (): void => undefined;
  const grace = new Promise<void>((resolve) => (giveUp = resolve));

  const onSignal = (signal: StopSignal): void => {
    if (stoppedBy !== undefined) process.exit(exitCodes[signal]);
    stoppedBy = signal;
    reporter.stopping();
    worker.postMessage(stopMessage);
    setTimeout(giveUp, graceMilliseconds).unref();
  };
  const signals = Object.keys(exitCodes) as StopSignal[];
  for (const signal of signals) process.on(signal, onSignal);
  try {
    await Promise.race([
      follow(worker, (event) => {
        run.add(event);
        reporter.show(event, run);
      }),
      grace,
    ]);
    if (stoppedBy === undefined) {
      reporter.end({ kind: 'completed' }, run);
      return 0;
    }
    reporter.end({ kind: 'interrupted', signal: stoppedBy }, run);
    return exitCodes[stoppedBy];
  } finally {
    for (const signal of signals) process.off(signal, onSignal);
    await worker.terminate();
  }
}

/** Passes on what the worker tells; resolves when it has finished, rejects when it has failed. */
async function follow(worker: Worker, take: (event: TrainingEvent) => void): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    worker.on('message', (event: TrainingEvent) => {
      if (event.type === 'failed') {
        reject(errorOf(event.failure));
        return;
      }
      take(event);
      if (event.type === 'finished') resolve();
    });
    worker.on('error', reject);
    worker.on('exit', () =>
      reject(new CommandError('INTERNAL', 'The worker ended without a result.')),
    );
  });
}
