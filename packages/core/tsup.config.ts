import { defineConfig } from '@gradus/tooling/tsup';

export default defineConfig({
  entry: {
    index: 'src/index.ts',
    arguments: 'src/arguments.ts',
    'backend/index': 'src/backend/index.ts',
  },
});
