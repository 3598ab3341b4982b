import { defineConfig } from '@gradus/tooling/tsup';

export default defineConfig({ entry: { 'assembler/index': 'src/assembler/index.ts' } });
