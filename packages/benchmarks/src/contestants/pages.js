import { bundleSite, serve } from '@gradus/browser-tests';
import { PagePlayer } from '../contest/page-player.js';

/** Where the modules of contestants are, by the names that pages know them by. */
const modules = {
  gradus: new URL('gradus-web-gpu.js', import.meta.url),
  'jax-js': new URL('jax.js', import.meta.url),
  tensorflow: new URL('tensor-flow-web-gpu.js', import.meta.url),
};

/**
 * Everybody who computes on WebGPU in a page, with the sources of this workspace. Each has a Chromium
 * of its own, and so a GPU process.
 *
 * @returns Gradus first, and a function that ends the site that they are loaded from.
 */
export async function openPages() {
  const site = await bundleSite({ page: new URL('page.js', import.meta.url), ...modules });
  const server = await serve(site.folder);
  const contestants = Object.keys(modules).map((module) => {
    const options = JSON.stringify({ backend: 'webgpu' });
    const url = `${server.url}?module=${module}&options=${encodeURIComponent(options)}`;
    return { name: module, start: () => new PagePlayer(url) };
  });
  const close = async () => {
    await server.close();
    await site.remove();
  };
  return { contestants, close };
}
