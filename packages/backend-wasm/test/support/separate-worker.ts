import type { Workforce } from '../../src/runtime/available-threads.js';

/** Who works in pages that are not isolated. Node has other ways, but can do it too. */
export const separateWorker: Workforce = { threads: { count: 1 }, kind: 'separate worker' };
