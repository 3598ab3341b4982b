import { wasmSync } from '@gradus/backend-wasm';
import type { BackendUnderTest } from './conformance-suite.js';

/** WASM in Chromium. */
export const wasmInChromium: BackendUnderTest = {
  name: 'wasm',
  scripts: {
    page: new URL('../pages/conformance-wasm.ts', import.meta.url),
    worker: new URL('../../../backend-wasm/src/runtime/worker.ts', import.meta.url),
  },
  createDevice: () => wasmSync(),
};
