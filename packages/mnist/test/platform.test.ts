import { mkdir, readFile, readdir, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, describe, expect, it, vi } from 'vitest';
import type { DownloadEvent, FileCache, MnistOptions } from '@gradus/mnist';
import { loadMnist } from '../src/load.js';
import { browserPlatform } from '../src/platform-browser.js';
import { cacheDirectory, nodePlatform } from '../src/platform-node.js';
import type { Platform } from '../src/platform.js';
import { expectBytes, mirrored, smallSpecifications, temporaryDirectory } from './support.js';

const node = { ...nodePlatform()!, environmentDirectory: () => undefined };
const bytes = new Uint8Array([1, 2, 3]);

afterEach(() => {
  vi.unstubAllEnvs();
  vi.unstubAllGlobals();
});

/** Loads the small files through a `fetch` that never fails. */
function load(platform: Platform, options: MnistOptions) {
  const fetch = async (url: string) => new Response(mirrored.get(url.split('/').at(-1)!)!.slice());
  const mirrors = ['https://a.test/'];
  return loadMnist(platform, { fetch, mirrors, ...options }, smallSpecifications);
}

describe('the cache directory', () => {
  it.each([
    ['linux', { XDG_CACHE_HOME: '/var/cache/ada' }, '/var/cache/ada/gradus/mnist'],
    ['linux', { XDG_CACHE_HOME: 'relative' }, '/home/ada/.cache/gradus/mnist'],
    ['linux', {}, '/home/ada/.cache/gradus/mnist'],
    ['freebsd', { LOCALAPPDATA: 'D:\\x' }, '/home/ada/.cache/gradus/mnist'],
    ['darwin', { XDG_CACHE_HOME: '/x' }, '/home/ada/Library/Caches/gradus/mnist'],
    ['win32', { LOCALAPPDATA: 'D:\\Data' }, 'D:\\Data\\gradus\\Cache\\mnist'],
    ['win32', {}, '/home/ada\\AppData\\Local\\gradus\\Cache\\mnist'],
  ])('on %s with %o is %s', (platform, env, expected) => {
    expect(cacheDirectory({ platform, env, home: '/home/ada' })).toBe(expected);
  });

  it('is used if no other is asked for', async () => {
    const home = await temporaryDirectory();
    vi.stubEnv('XDG_CACHE_HOME', home);
    vi.stubEnv('HOME', home);
    vi.stubEnv('LOCALAPPDATA', home);
    await node.openCache(undefined)!.write('file', bytes);
    const written = (await readdir(home, { recursive: true })).filter((path) =>
      path.endsWith(join('mnist', 'file')),
    );
    expect(written).toHaveLength(1);
  });
});

describe('a cache in a directory', () => {
  it('keeps files, replaces them, and leaves nothing else', async () => {
    const directory = join(await temporaryDirectory(), 'new', 'cache');
    const cache = node.openCache(directory)!;
    expect(await cache.read('file')).toBeUndefined();
    await cache.write('file', new Uint8Array(9));
    await cache.write('file', bytes);
    expectBytes((await cache.read('file'))!, bytes);
    expect(await readdir(directory)).toEqual(['file']);
  });

  it('leaves nothing behind if it cannot finish', async () => {
    const directory = await temporaryDirectory();
    await mkdir(join(directory, 'file', 'in-the-way'), { recursive: true });
    await expect(node.openCache(directory)!.write('file', bytes)).rejects.toThrow();
    expect(await readdir(directory)).toEqual(['file']);
  });

  it('removes what killed processes left, but not what others are writing', async () => {
    const directory = await temporaryDirectory();
    const twoDaysAgo = Date.now() / 1000 - 2 * 24 * 60 * 60;
    for (const name of ['old.partial', 'new.partial', 'old.txt']) {
      await writeFile(join(directory, name), bytes);
      if (name.startsWith('old')) await utimes(join(directory, name), twoDaysAgo, twoDaysAgo);
    }
    await node.openCache(directory)!.write('file', bytes);
    expect((await readdir(directory)).sort()).toEqual(['file', 'new.partial', 'old.txt']);
  });

  it('replaces files that are damaged, and does not believe them', async () => {
    const cacheDirectory = await temporaryDirectory();
    await load(node, { cacheDirectory });
    const { name } = smallSpecifications.trainImages;
    const file = join(cacheDirectory, name);
    const good = await readFile(file);
    for (const bad of [good.subarray(1), Buffer.from(good).fill(7, 20, 21), Buffer.alloc(0)]) {
      await writeFile(file, bad);
      const requested: string[] = [];
      const onEvent = ({ file: each }: DownloadEvent) => void requested.push(each);
      expect((await load(node, { cacheDirectory, onEvent })).source).toBe('download');
      expect(new Set(requested)).toEqual(new Set([name]));
      expectBytes(await readFile(file), good);
    }
  });

  it('that cannot be written does not keep anybody from the data', async () => {
    const directory = await temporaryDirectory();
    const cacheDirectory = join(directory, 'a-file', 'cache');
    await writeFile(join(directory, 'a-file'), bytes);
    const events: DownloadEvent[] = [];
    const onEvent = (event: DownloadEvent) => void events.push(event);
    const { train } = await load(node, { cacheDirectory, onEvent });
    expect(train.length).toBe(8);
    expect(events.filter(({ type }) => type === 'cache-failed')).toHaveLength(4);
  });
});

describe('a cache of the caller', () => {
  it('is used in place of a directory, and may fail', async () => {
    const kept = new Map<string, Uint8Array>();
    const cache: FileCache = {
      read: async (name) => kept.get(name),
      write: async (name, content) => void kept.set(name, content),
    };
    expect((await load(node, { cache })).source).toBe('download');
    expect((await load(node, { cache })).source).toBe('cache');

    const broken: FileCache = {
      read: () => Promise.reject(new Error('no')),
      write: () => Promise.reject(new Error('no')),
    };
    expect((await load(node, { cache: broken })).source).toBe('download');
  });
});

describe('in a browser', () => {
  it('files are kept in the Cache API', async () => {
    const kept = new Map<string, Response>();
    const opened = {
      match: async (key: string) => kept.get(key)?.clone(),
      put: async (key: string, response: Response) => void kept.set(new URL(key).href, response),
    };
    vi.stubGlobal('caches', { open: async () => opened });
    expect((await load(browserPlatform, {})).source).toBe('download');
    expect((await load(browserPlatform, {})).source).toBe('cache');
    expect(kept.size).toBe(4);
  });

  it('everything works without the Cache API', async () => {
    vi.stubGlobal('caches', undefined);
    expect((await load(browserPlatform, {})).source).toBe('download');
  });

  it('directories are refused with an explanation', async () => {
    for (const options of [{ dataDirectory: '/data' }, { cacheDirectory: '/data' }]) {
      await expect(load(browserPlatform, options)).rejects.toMatchObject({
        code: 'MNIST_NO_FILE_SYSTEM',
        message: expect.stringContaining('/data cannot be used') as string,
      });
    }
  });

  it('a page that lacks Web Crypto learns why it cannot verify', async () => {
    vi.stubGlobal('crypto', {});
    await expect(load(browserPlatform, { cache: false })).rejects.toThrow(/serve it over https/);
  });

  it('nothing is imported from Node', async () => {
    vi.stubGlobal('process', undefined);
    expect(nodePlatform()).toBeUndefined();
    const source = join(import.meta.dirname, '..', 'src');
    for (const name of await readdir(source, { recursive: true })) {
      if (!name.endsWith('.ts')) continue;
      expect(await readFile(join(source, name), 'utf8'), name).not.toMatch(/\bfrom 'node:/);
    }
  });
});
