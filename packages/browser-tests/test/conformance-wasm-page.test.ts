import { conformanceInChromium } from './support/conformance-suite.js';
import { wasmInChromium } from './support/wasm.js';

const alone = { synchronous: true, threads: { count: 1 } };

await conformanceInChromium(wasmInChromium, {
  'on the page, fused multiply-add': {
    isolated: false,
    options: 'sync',
    expected: { ...alone, fused: true },
  },
  'on the page, multiply and add': {
    isolated: false,
    options: 'sync&plain',
    expected: { ...alone, fused: false },
  },
});
