import { defineConfig } from '@gradus/tooling/tsup';

// Source maps would carry every golden number a second time.
export default defineConfig({ sourcemap: false });
