/** What is built in place of `worker-script.ts` where one file is to hold everything. */
import { serve } from './serve.js';

/** In its address, tells a worker that it is one. */
const mark = '#gradus-worker';
if (import.meta.url.endsWith(mark)) serve();

/** Starts a worker of a page that runs the file which this is bundled into. */
export function startWorker(): Worker {
  return new Worker(import.meta.url + mark, { type: 'module' });
}

/** Nothing: it was bundled in the right way. */
export function bundlingAdvice(): undefined {
  return undefined;
}
