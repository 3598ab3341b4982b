import { defineConfig } from '@gradus/tooling/tsup';

export default defineConfig({
  bundle: true,
  entry: { index: 'src/index.ts', worker: 'src/training/worker.ts' },
  platform: 'node',
  dts: false,
});
