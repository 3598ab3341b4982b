import { defineConfig as defineTsupConfig } from 'tsup';

/**
 * The one way that packages of this workspace are built: ESM, declarations, source maps. Every
 * module stays a file of its own: what bundlers know from `sideEffects` they know of files, so
 * that whoever uses one layer gets one.
 *
 * @param {import('tsup').Options & { modules?: string[] }} [options] What differs from the shared
 *   settings: `entry`, if there are others than `src/index.ts`; which `modules` there are files for;
 *   or `bundle: true`, for a file for each entry instead.
 * @returns {ReturnType<typeof defineTsupConfig>} A configuration for `tsup.config.ts`.
 */
export function defineConfig({
  entry = ['src/index.ts'],
  modules = ['src/**/*.ts'],
  bundle = false,
  ...options
} = {}) {
  return defineTsupConfig({
    entry: bundle ? entry : modules,
    bundle,
    format: 'esm',
    target: 'es2022',
    platform: 'neutral',
    external: [/^node:/],
    removeNodeProtocol: false,
    // Declarations that say `Symbol.dispose` must compile where the project's own `lib` lacks it.
    dts: { entry, banner: '/// <reference lib="esnext.disposable" />' },
    sourcemap: true,
    clean: true,
    silent: true,
    ...options,
  });
}

export default defineConfig();
