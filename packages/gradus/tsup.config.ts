import { defineConfig } from '@gradus/tooling/tsup';

export default [
  defineConfig({ clean: ['!gradus.browser.*'] }),
  // All of it in one file that pages load by themselves, and which is the script of its workers.
  defineConfig({
    entry: { 'gradus.browser': 'src/index.ts' },
    noExternal: [/./],
    minify: true,
    dts: false,
    // Packages have maps; one of everything would be five times the file.
    sourcemap: false,
    clean: false,
    esbuildOptions: (options) => {
      options.conditions = ['single-file', 'source'];
    },
  }),
];
