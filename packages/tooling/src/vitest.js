import { defineConfig } from 'vitest/config';

// Packages are tested from their sources, so that no test waits for a build.
const conditions = ['source', 'module', 'import', 'default'];

/** Serves the whole workspace from its root and each package from its own folder. */
export default defineConfig({
  resolve: { conditions },
  ssr: { resolve: { conditions, externalConditions: conditions } },
  test: {
    include: ['test/**/*.test.ts', '{packages,apps}/*/test/**/*.test.ts'],
    environment: 'node',
    passWithNoTests: true,
    slowTestThreshold: 2_000,
    // What a passing test prints is noise.
    silent: 'passed-only',
    reporters: process.env['CI']
      ? ['default', ['json', { outputFile: '.reports/vitest.json' }]]
      : ['default'],
    // A bound on hangs, not on speed: machines differ.
    testTimeout: 60_000,
    hookTimeout: 60_000,
  },
});
