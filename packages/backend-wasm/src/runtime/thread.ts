import type { WorkerMessage, WorkerReply } from './messages.js';
import { nodeModule } from './node-module.js';
import { startWorker } from './worker-script.js';

/** A worker of Node or of a page. */
export interface Thread {
  /** A lock that the worker shall hold as long as it lives, where there are locks. */
  readonly lock?: string;
  post(message: WorkerMessage, transfer?: readonly ArrayBuffer[]): void;
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
    post: (message, transfer) => worker.postMessage(message, transfer),
    hold: () => worker.ref(),
    release: () => worker.unref(),
    terminate: () => void worker.terminate(),
  };
}

function startWebWorker(script: string | URL | undefined, listener: ThreadListener): Thread {
  const worker = script === undefined ? startWorker() : new Worker(script, { type: 'module' });
  const lock = `gradus ${Math.random()}`;
  worker.onmessage = ({ data }: MessageEvent<WorkerReply>) => {
    if (data.kind === 'ready' && data.watched) watch(lock, listener);
    listener.received(data);
  };
  worker.onerror = ({ message }) => listener.ended(message || 'its script could not be loaded');
  worker.onmessageerror = () => listener.ended('it could not read a message');
  return {
    // Pages that are not secure contexts have none.
    ...(isSecureContext ? { lock } : {}),
    post: (message, transfer = []) => worker.postMessage(message, [...transfer]),
    hold: () => undefined,
    release: () => undefined,
    terminate: () => worker.terminate(),
  };
}

/** No event tells of a worker that has been ended from without, but its lock becomes free. */
function watch(lock: string, listener: ThreadListener): void {
  void navigator.locks.request(lock, () => listener.ended('it was ended'));
}
