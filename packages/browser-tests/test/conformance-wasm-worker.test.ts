import { conformanceInChromium } from './support/conformance-suite.js';
import { wasmInChromium } from './support/wasm.js';

const apart = { synchronous: false, threads: { count: 1 } };

await conformanceInChromium(wasmInChromium, {
  'a worker of a page that is not isolated, fused multiply-add': {
    isolated: false,
    options: '',
    expected: {
      ...apart,
      description: 'WebAssembly with 128-bit SIMD and fused multiply-add, 1 thread, a worker',
      fused: true,
    },
  },
  'a worker of a page that is not isolated, multiply and add': {
    isolated: false,
    options: 'plain',
    expected: {
      ...apart,
      description: 'WebAssembly with 128-bit SIMD, 1 thread, a worker',
      fused: false,
    },
  },
});
