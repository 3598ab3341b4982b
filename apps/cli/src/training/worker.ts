import { parentPort, workerData } from 'node:worker_threads';
import { failureOf } from '../errors.js';
import type { Emit, TrainingRequest } from './protocol.js';
import { train } from './train.js';

// The worker's whole program: its only message from outside asks it to stop.
const port = parentPort!;
const stop = new AbortController();
port.once('message', () => stop.abort());

const emit: Emit = (event) => port.postMessage(event);
try {
  await train(workerData as TrainingRequest, emit, stop.signal);
} catch (error) {
  if (stop.signal.aborted) emit({ type: 'finished', test: undefined, weightsSha256: undefined });
  else emit({ type: 'failed', failure: failureOf(error) });
}
port.close();
