import { defineConfig } from '@gradus/tooling/tsup';

// Golden numbers are JSON, which is bundled, and source maps would carry it a second time.
export default defineConfig({ bundle: true, sourcemap: false });
