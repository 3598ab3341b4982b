/** Starts a worker of a page that runs the script beside this one. */
export function startWorker(): Worker {
  // Bundlers recognise these words, and bundle the worker.
  return new Worker(new URL('./worker.js', import.meta.url), { type: 'module' });
}

/** What could be the matter with the bundler if workers do not start. */
export function bundlingAdvice(): string | undefined {
  if (!import.meta.url.includes('/.vite/deps/')) return undefined;
  return (
    "The dependency optimizer of Vite 7's development server leaves out their script: add " +
    "optimizeDeps: { exclude: ['@gradus/backend-wasm', …] } to Vite's configuration, with every " +
    'package of Gradus that the program imports, or use Vite 8, which needs nothing'
  );
}
