import { startWorker } from '#worker-script';
import type { WorkerMessage, WorkerReply } from './messages.js';
import { nodeModule } from './node-module.js';

/** A worker of Node or of a page. */
export interface Thread {
  post(message: WorkerMessage): void;
  /** Keeps the process alive until `release`; pages live on anyway. */
  hold(): void;
  /** Lets the process end although the worker is there. */
  release(): void;
  terminate(): void;
}

/** Who hears of a thread. */
export interface ThreadListener {
  received(reply: WorkerReply): void;
  /** The thread has ended, or its script could not be loaded. */
  ended(reason: string): void;
}

/** Beside the built package, for Node. Words that bundlers do not recognise: they bundle for pages. */
const workerFile = './worker.js';
const here = import.meta.url;

/**
 * Starts a worker.
 *
 * @param script Where its script is, if not beside this one.
 */
export function startThread(script: string | URL | undefined, listener: ThreadListener): Thread {
  const node = nodeModule('node:worker_threads');
  if (node === undefined) return startWebWorker(script, listener);
  const url = new URL(script ?? workerFile, here);
  // Loaders that the program was started with would only delay it.
  const worker = new node.Worker(url, { execArgv: [], name: 'gradus' });
  worker.on('message', (reply: WorkerReply) => listener.received(reply));
  worker.on('error', (error: Error) => listener.ended(String(error)));
  worker.on('messageerror', (error) => listener.ended(String(error)));
  worker.on('exit', (code) => listener.ended(`it ended with exit code ${code}`));
  return {
    post: (message) => worker.postMessage(message),
    hold: () => worker.ref(),
    release: () => worker.unref(),
    terminate: () => void worker.terminate(),
  };
}

function startWebWorker(script: string | URL | undefined, listener: ThreadListener): Thread {
  const worker = script === undefined ? startWorker() : new Worker(script, { type: 'module' });
  worker.onmessage = ({ data }) => listener.received(data as WorkerReply);
  worker.onerror = ({ message }) => listener.ended(message || 'its script could not be loaded');
  worker.onmessageerror = () => listener.ended('it could not read a message');
  return {
    post: (message) => worker.postMessage(message),
    hold: () => undefined,
    release: () => undefined,
    terminate: () => worker.terminate(),
  };
}
