import { defineConfig } from '@gradus/tooling/tsup';

export default defineConfig({
  entry: { index: 'src/index.ts', 'backend/index': 'src/backend/index.ts' },
});
