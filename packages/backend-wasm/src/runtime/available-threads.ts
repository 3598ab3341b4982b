import { DeviceError, type Capabilities } from '@gradus/core/backend';
import { nodeModule } from './node-module.js';

type Threads = Capabilities['threads'];

/** Who works for a device. */
export interface Workforce {
  readonly threads: Threads;
  /**
   * The calling thread; workers that share a memory; or one worker with a memory of its own, for
   * pages that may not share any: their own thread must never be kept busy.
   */
  readonly kind: 'caller' | 'sharing workers' | 'separate worker';
}

/** Where a number is a mistake: each thread takes megabytes. */
const maximum = 256;

/** Where `'auto'` ends: every kernel waits for the slowest thread, so more of them help less. */
const automaticMaximum = 8;

/**
 * Who will work for a device: how many threads, and why not more.
 *
 * @param wanted What the option says.
 */
export function chooseWorkforce(wanted: number | 'auto'): Workforce {
  if (wanted !== 'auto' && (!Number.isInteger(wanted) || wanted < 1 || wanted > maximum)) {
    throw new DeviceError(
      `wasm: threads must be 'auto' or a whole number from 1 to ${maximum}, got ${wanted}.`,
    );
  }
  const [noWorkers, notShared] = [whyNoWorkers(), whyNotShared()];
  const obstacle = noWorkers ?? notShared;
  const threads = obstacle === undefined || wanted === 1 ? countOf(wanted) : alone(obstacle);
  if (noWorkers !== undefined || (threads.count === 1 && !isPage())) {
    return { threads, kind: 'caller' };
  }
  return { threads, kind: notShared === undefined ? 'sharing workers' : 'separate worker' };
}

function countOf(wanted: number | 'auto'): Threads {
  if (wanted !== 'auto') return { count: wanted, reason: `the option threads is ${wanted}` };
  const cores = nodeModule('node:os')?.availableParallelism() ?? navigator.hardwareConcurrency;
  return cores <= automaticMaximum
    ? { count: cores, reason: `the machine runs ${cores} at a time` }
    : { count: automaticMaximum, reason: `'auto' takes ${automaticMaximum} at most` };
}

function alone(reason: string): Threads {
  return { count: 1, reason };
}

/** Whether people look at what the calling thread does. */
function isPage(): boolean {
  return nodeModule('node:worker_threads') === undefined && typeof document !== 'undefined';
}

function whyNoWorkers(): string | undefined {
  if (nodeModule('node:worker_threads') !== undefined || typeof Worker !== 'undefined') {
    return undefined;
  }
  return 'there are no workers here (Node has them from 20.16)';
}

function whyNotShared(): string | undefined {
  if (nodeModule('node:worker_threads') !== undefined || globalThis.crossOriginIsolated) {
    return undefined;
  }
  return (
    'the page is not cross-origin isolated, so threads cannot share memory: serve it with ' +
    'Cross-Origin-Opener-Policy: same-origin and Cross-Origin-Embedder-Policy: require-corp'
  );
}
