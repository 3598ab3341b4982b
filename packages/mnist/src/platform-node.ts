import { MnistDataError } from './errors.js';
import type { FileCache, Platform } from './platform.js';

/** How long a partial file may lie around before it counts as left behind by a killed process. */
const stalePartialMilliseconds = 24 * 60 * 60 * 1000;

/**
 * The platform of Node 20.16 and later, Deno and Bun, or `undefined` elsewhere. Built-in modules
 * come from `process.getBuiltinModule`, so that bundlers for the browser find no import to fail on.
 */
export function nodePlatform(): Platform | undefined {
  const process = globalThis.process as NodeJS.Process | undefined;
  if (typeof process?.getBuiltinModule !== 'function') return undefined;
  const files = process.getBuiltinModule('node:fs/promises');
  const path = process.getBuiltinModule('node:path');
  const os = process.getBuiltinModule('node:os');

  return {
    environmentDirectory: () => nonEmpty(process.env['GRADUS_DATA_DIR']),

    async listFiles(directory) {
      const entries = await files.readdir(directory, { withFileTypes: true });
      return entries.filter((entry) => !entry.isDirectory()).map((entry) => entry.name);
    },

    async readFile(directory, name, maximumBytes) {
      const file = path.join(directory, name);
      const { size } = await files.stat(file);
      if (size > maximumBytes) {
        throw new MnistDataError(
          'MNIST_INVALID_DATA',
          `${file}: the file has ${size} bytes, more than the ${maximumBytes} it may have.`,
        );
      }
      return files.readFile(file);
    },

    openCache(directory) {
      const { platform, env } = process;
      // Found when it is used, because accounts without a home directory make `homedir` throw.
      const locate = () => directory ?? cacheDirectory({ platform, env, home: os.homedir() });
      return new DirectoryCache(locate, files, path);
    },
  };
}

/**
 * Where programs of this kind of system keep what they can fetch again: `%LOCALAPPDATA%` on
 * Windows, `~/Library/Caches` on macOS, `$XDG_CACHE_HOME` or `~/.cache` elsewhere (XDG Base
 * Directory Specification, which has relative values ignored).
 */
export function cacheDirectory({ platform, env, home }: CacheSurroundings): string {
  if (platform === 'win32') {
    return `${nonEmpty(env['LOCALAPPDATA']) ?? `${home}\\AppData\\Local`}\\gradus\\Cache\\mnist`;
  }
  if (platform === 'darwin') return `${home}/Library/Caches/gradus/mnist`;
  const base = env['XDG_CACHE_HOME'];
  return `${base?.startsWith('/') ? base : `${home}/.cache`}/gradus/mnist`;
}

/** Shells can hardly unset a variable for one command, but they can empty it. */
function nonEmpty(value: string | undefined): string | undefined {
  return value === '' ? undefined : value;
}

/** What decides on the cache directory. */
interface CacheSurroundings {
  readonly platform: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly home: string;
}

/** A directory in which a file exists under its name only once all of it has been written. */
class DirectoryCache implements FileCache {
  readonly #locate: () => string;
  readonly #files: typeof import('node:fs/promises');
  readonly #path: typeof import('node:path');

  constructor(
    locate: () => string,
    files: typeof import('node:fs/promises'),
    path: typeof import('node:path'),
  ) {
    this.#locate = locate;
    this.#files = files;
    this.#path = path;
  }

  async read(name: string): Promise<Uint8Array | undefined> {
    try {
      return await this.#files.readFile(this.#path.join(this.#locate(), name));
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
      throw error;
    }
  }

  async write(name: string, bytes: Uint8Array): Promise<void> {
    const directory = this.#locate();
    await this.#files.mkdir(directory, { recursive: true });
    await this.#removeStalePartials(directory);
    const partial = this.#path.join(directory, `${name}.${crypto.randomUUID()}.partial`);
    try {
      await this.#files.writeFile(partial, bytes, { flag: 'wx', flush: true });
      await this.#files.rename(partial, this.#path.join(directory, name));
    } catch (error) {
      await this.#files.rm(partial, { force: true });
      throw error;
    }
  }

  async #removeStalePartials(directory: string): Promise<void> {
    const names = await this.#files.readdir(directory);
    for (const name of names.filter((each) => each.endsWith('.partial'))) {
      const file = this.#path.join(directory, name);
      // Another process may finish and rename its own file at any moment.
      const status = await this.#files.stat(file).catch(() => undefined);
      const isStale = status && Date.now() - status.mtimeMs > stalePartialMilliseconds;
      if (isStale) await this.#files.rm(file, { force: true });
    }
  }
}
