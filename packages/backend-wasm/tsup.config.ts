import { defineConfig } from '@gradus/tooling/tsup';

export default [
  defineConfig({
    entry: {
      index: 'src/index.ts',
      'assembler/index': 'src/assembler/index.ts',
      'gemm/index': 'src/gemm/index.ts',
    },
    clean: ['!worker.*'],
  }),
  // The script of workers stands alone, so that whoever serves it has one file to serve.
  defineConfig({
    entry: { worker: 'src/runtime/worker.ts' },
    noExternal: [/./],
    dts: false,
    clean: false,
  }),
];
