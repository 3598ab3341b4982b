import { defineConfig } from '@gradus/tooling/tsup';

export default defineConfig({
  modules: ['src/{index,bundle,chromium,server,visit}.ts'],
  // What is beside it there, packed packages, is made by `src/packed/install.js`.
  clean: ['!project/**'],
});
