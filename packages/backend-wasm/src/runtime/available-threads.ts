import { DeviceError, type Capabilities } from '@gradus/core/backend';
import { nodeModule } from './node-module.js';

type Threads = Capabilities['threads'];

/** Where `'auto'` ends: every kernel waits for the slowest thread, so more of them help less. */
const automaticMaximum = 8;

/**
 * How many threads there will be, and why not more.
 *
 * @param wanted What the option says.
 */
export function chooseThreads(wanted: number | 'auto'): Threads {
  if (wanted !== 'auto' && (!Number.isInteger(wanted) || wanted < 1)) {
    throw new DeviceError(
      `wasm: threads must be 'auto' or a whole number of threads, at least 1, got ${wanted}.`,
    );
  }
  if (wanted === 1) return { count: 1, reason: 'the option threads is 1' };
  const obstacle = whyOnlyOne();
  if (obstacle !== undefined) return { count: 1, reason: obstacle };
  if (wanted !== 'auto') return { count: wanted, reason: `the option threads is ${wanted}` };
  const cores = nodeModule('node:os')?.availableParallelism() ?? navigator.hardwareConcurrency;
  return cores <= automaticMaximum
    ? { count: cores, reason: `the machine runs ${cores} at a time` }
    : { count: automaticMaximum, reason: `'auto' takes ${automaticMaximum} at most` };
}

function whyOnlyOne(): string | undefined {
  if (nodeModule('node:worker_threads') !== undefined) return undefined;
  if (typeof Worker === 'undefined') return 'there are no workers here (Node has them from 20.16)';
  if (globalThis.crossOriginIsolated) return undefined;
  return (
    'the page is not cross-origin isolated, so threads cannot share memory: serve it with ' +
    'Cross-Origin-Opener-Policy: same-origin and Cross-Origin-Embedder-Policy: require-corp'
  );
}
