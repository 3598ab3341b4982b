import { defineConfig } from '@gradus/tooling/tsup';

export default defineConfig({
  entry: { index: 'src/index.ts', 'assembler/index': 'src/assembler/index.ts' },
});
