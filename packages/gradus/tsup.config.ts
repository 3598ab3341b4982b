import { resolve } from 'node:path';
import { defineConfig } from '@gradus/tooling/tsup';

/** Modules of the WASM backend that have twins for one file which holds everything. */
const twins = new Map([
  ['worker-script.js', 'own-worker-script.ts'],
  ['on-demand.js', 'at-hand.ts'],
]);

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
        name: 'twins',
        setup: (build) =>
          build.onResolve(
            { filter: /\/(worker-script|on-demand)\.js$/ },
            ({ path, resolveDir }) => {
              const [name = ''] = /[^/]+$/.exec(path) ?? [];
              return { path: resolve(resolveDir, path, '..', twins.get(name) ?? name) };
            },
          ),
      },
    ],
  }),
];
