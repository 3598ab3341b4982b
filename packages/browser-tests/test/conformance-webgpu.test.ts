import { webgpu } from '@gradus/backend-webgpu';
import { conformanceInChromium } from './support/conformance-suite.js';

await conformanceInChromium(
  {
    name: 'webgpu',
    scripts: { page: new URL('./pages/conformance-webgpu.ts', import.meta.url) },
    flags: ['--enable-unsafe-webgpu', '--use-webgpu-adapter=swiftshader'],
    createDevice: () => webgpu(),
  },
  {
    'a software adapter': {
      isolated: false,
      options: '',
      expected: { synchronous: false, threads: { count: 1 } },
    },
  },
);
