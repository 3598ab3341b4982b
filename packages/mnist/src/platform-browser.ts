import { MnistDataError } from './errors.js';
import type { FileCache, Platform } from './platform.js';

/** A page or worker: no directories, and the Cache API for a cache. */
export const browserPlatform: Platform = {
  environmentDirectory: () => undefined,
  listFiles: (directory) => Promise.reject(noFileSystem(directory)),
  readFile: (directory) => Promise.reject(noFileSystem(directory)),
  openCache(directory) {
    if (directory !== undefined) throw noFileSystem(directory);
    const storage = globalThis.caches as CacheStorage | undefined;
    return storage && new BrowserCache(storage);
  },
};

function noFileSystem(directory: string): MnistDataError {
  return new MnistDataError(
    'MNIST_NO_FILE_SYSTEM',
    `The directory ${directory} cannot be used: there is no file system here. ` +
      'In a browser leave out dataDirectory and cacheDirectory, or pass the bytes to decodeMnist.',
  );
}

class BrowserCache implements FileCache {
  readonly #storage: CacheStorage;

  constructor(storage: CacheStorage) {
    this.#storage = storage;
  }

  async read(name: string): Promise<Uint8Array | undefined> {
    const response = await (await this.#open()).match(addressOf(name));
    return response && new Uint8Array(await response.arrayBuffer());
  }

  async write(name: string, bytes: Uint8Array<ArrayBuffer>): Promise<void> {
    await (await this.#open()).put(addressOf(name), new Response(bytes));
  }

  #open(): Promise<Cache> {
    return this.#storage.open('gradus-mnist');
  }
}

/** The Cache API wants addresses for keys; this one can never be a real one. */
function addressOf(name: string): string {
  return `https://gradus.invalid/mnist/${name}`;
}
