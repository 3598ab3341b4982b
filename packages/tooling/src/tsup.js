import { defineConfig as defineTsupConfig } from 'tsup';

/**
 * The one way that packages of this workspace are built: ESM, declarations, source maps.
 *
 * @param {import('tsup').Options} [options] What differs from the shared settings, usually `entry`.
 * @returns {ReturnType<typeof defineTsupConfig>} A configuration for `tsup.config.ts`.
 */
export function defineConfig(options = {}) {
  return defineTsupConfig({
    entry: ['src/index.ts'],
    format: 'esm',
    target: 'es2022',
    platform: 'neutral',
    external: [/^node:/],
    removeNodeProtocol: false,
    // Declarations that say `Symbol.dispose` must compile where the project's own `lib` lacks it.
    dts: { banner: '/// <reference lib="esnext.disposable" />' },
    sourcemap: true,
    clean: true,
    silent: true,
    ...options,
  });
}

export default defineConfig();
