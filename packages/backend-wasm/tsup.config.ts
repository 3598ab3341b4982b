import { defineConfig } from '@gradus/tooling/tsup';

export default [
  defineConfig({
    entry: {
      index: 'src/index.ts',
      'assembler/index': 'src/assembler/index.ts',
      'gemm/index': 'src/gemm/index.ts',
    },
    modules: ['src/**/*.ts', '!src/{at-hand,runtime/own-worker-script,runtime/worker}.ts'],
    clean: ['!runtime/worker.*'],
  }),
  // The script of workers stands alone, so that whoever serves it has one file to serve.
  defineConfig({
    bundle: true,
    entry: { 'runtime/worker': 'src/runtime/worker.ts' },
    noExternal: [/./],
    dts: false,
    clean: false,
  }),
];
