import { conformanceInChromium } from './support/conformance-suite.js';
import { wasmInChromium } from './support/wasm.js';

const together = { synchronous: false, threads: { count: 2 } };

await conformanceInChromium(wasmInChromium, {
  '2 threads, fused multiply-add': {
    isolated: true,
    options: 'threads=2',
    expected: { ...together, fused: true },
  },
  '2 threads, multiply and add': {
    isolated: true,
    options: 'threads=2&plain',
    expected: { ...together, fused: false },
  },
});
