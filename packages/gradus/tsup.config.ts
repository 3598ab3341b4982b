import { resolve } from 'node:path';
import { defineConfig } from '@gradus/tooling/tsup';

export default [
  defineConfig({ clean: ['!gradus.browser.*'] }),
  // All of it in one file that pages load by themselves, and which is the script of its workers.
  defineConfig({
    bundle: true,
    entry: { 'gradus.browser': 'src/index.ts' },
    noExternal: [/./],
    minify: true,
    dts: false,
    // Packages have maps; one of everything would be five times the file.
    sourcemap: false,
    clean: false,
    esbuildOptions: (options) => {
      options.conditions = ['source'];
    },
    esbuildPlugins: [
      {
        name: 'own-worker-script',
        setup: (build) =>
          build.onResolve({ filter: /\/worker-script\.js$/ }, ({ path, resolveDir }) => ({
            path: resolve(resolveDir, path, '../own-worker-script.ts'),
          })),
      },
    ],
  }),
];
