import { mismatch } from './checksum.js';
import type { DecodedMnist, NamedFile } from './decode.js';
import { decodeMnist, digitsOf } from './decode.js';
import type { DownloadEvent } from './download.js';
import { download } from './download.js';
import { MnistDataError } from './errors.js';
import type { ForEachFile, MnistRole, VerifiedFile } from './files.js';
import { acceptedNames, forEachFile, maximumBytes, mnistFiles, mnistMirrors } from './files.js';
import type { FileCache, Platform } from './platform.js';
import type { Fetch } from './transfer.js';
import { reasonOf } from './transfer.js';

/** Where {@link mnist} gets its files from. */
export interface MnistOptions {
  /**
   * Read the four files from this directory, and never download. In Node the environment variable
   * `GRADUS_DATA_DIR` stands in for it.
   */
  readonly dataDirectory?: string | undefined;
  /** Keep downloaded files in this directory instead of the platform's cache directory. */
  readonly cacheDirectory?: string | undefined;
  /** Keep downloaded files here instead, or with `false` nowhere. */
  readonly cache?: FileCache | false | undefined;
  /** Addresses of folders that hold the four gzipped files; public mirrors if not given. */
  readonly mirrors?: readonly string[] | undefined;
  /** A mirror that sends nothing for so many milliseconds is given up; 30 seconds if not given. */
  readonly timeout?: number | undefined;
  /** Aborts a download; the promise then rejects with the signal's reason. */
  readonly signal?: AbortSignal | undefined;
  /** Called as a download goes on, for a progress display. */
  readonly onEvent?: ((event: DownloadEvent) => void) | undefined;
  /** Used in place of the global `fetch`. */
  readonly fetch?: Fetch | undefined;
}

/** What {@link mnist} found. */
export interface Mnist extends DecodedMnist {
  /** Where the files came from; `download` if at least one of them was downloaded. */
  readonly source: 'directory' | 'cache' | 'download';
}

/** {@link mnist} on a given platform, which downloads `expected`. */
export async function loadMnist(
  platform: Platform,
  options: MnistOptions,
  expected: ForEachFile<VerifiedFile> = mnistFiles,
): Promise<Mnist> {
  const directory = options.dataDirectory ?? platform.environmentDirectory();
  if (directory !== undefined) {
    const files = await readDirectory(platform, directory);
    return { ...(await decodeMnist(files)), source: 'directory' };
  }
  const cache = options.cache ?? platform.openCache(options.cacheDirectory);
  let source: Mnist['source'] = 'cache';
  const files = await forEachFile(async (role) => {
    const file = expected[role];
    const cached = cache && (await readCached(file, cache));
    if (cached) return { name: file.name, bytes: cached };
    source = 'download';
    return { name: file.name, bytes: await downloadInto(cache, file, options) };
  });
  return { ...digitsOf(files), canonical: true, source };
}

async function readDirectory(
  platform: Platform,
  directory: string,
): Promise<ForEachFile<NamedFile>> {
  const present = await reading(directory, platform.listFiles(directory));
  const found = await forEachFile((role) =>
    acceptedNames(role).find((name) => present.includes(name)),
  );
  const missing = Object.entries(found).filter(([, name]) => name === undefined);
  if (missing.length > 0) {
    const names = missing.map(([role]) => mnistFiles[role as MnistRole].name).join(', ');
    throw new MnistDataError(
      'MNIST_FILES_MISSING',
      `The data directory ${directory} lacks ${names}. Put the four files of MNIST there ` +
        '(gzipped as .gz, or with a dot before "idx", if you like), or name no directory to have ' +
        'them downloaded.',
    );
  }
  return forEachFile(async (role) => {
    const file = found[role]!;
    const name = `${directory}/${file}`;
    const bytes = await reading(name, platform.readFile(directory, file, maximumBytes(role)));
    return { name, bytes };
  });
}

async function reading<Result>(what: string, promise: Promise<Result>): Promise<Result> {
  try {
    return await promise;
  } catch (error) {
    if (error instanceof MnistDataError) throw error;
    throw new MnistDataError(
      'MNIST_UNREADABLE',
      `${what} cannot be read: ${reasonOf(error)}. Name a directory that holds the four files of ` +
        'MNIST, or none to have them downloaded.',
      { cause: error },
    );
  }
}

/** A cached file that cannot be read, or is not what it was, is as good as none. */
async function readCached(
  file: VerifiedFile,
  cache: FileCache,
): Promise<Uint8Array<ArrayBuffer> | undefined> {
  const cached = await cache.read(file.name).catch(() => undefined);
  if (cached === undefined) return undefined;
  const bytes = cached as Uint8Array<ArrayBuffer>;
  return (await mismatch(bytes, file)) === undefined ? bytes : undefined;
}

async function downloadInto(
  cache: FileCache | false | undefined,
  file: VerifiedFile,
  options: MnistOptions,
): Promise<Uint8Array> {
  const bytes = await download(file, {
    mirrors: options.mirrors ?? mnistMirrors,
    fetch: options.fetch ?? ((url, init) => fetch(url, init)),
    timeout: options.timeout ?? 30_000,
    signal: options.signal,
    onEvent: options.onEvent,
  });
  try {
    if (cache) await cache.write(file.name, bytes);
  } catch (error) {
    options.onEvent?.({ type: 'cache-failed', file: file.name, reason: reasonOf(error) });
  }
  return bytes;
}
