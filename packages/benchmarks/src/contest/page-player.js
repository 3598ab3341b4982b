import { clearTimeout, setTimeout } from 'node:timers';
import { launchChromium, visit } from '@gradus/browser-tests';

/** WebGPU on the software adapter, so that all machines have the same one. */
const flags = ['--enable-unsafe-webgpu', '--use-webgpu-adapter=swiftshader'];

/** @typedef {import('./player.js').Player} Player */

/**
 * A contestant that is a page with a function `answer`, in a Chromium of its own.
 *
 * @implements {Player}
 */
export class PagePlayer {
  #visit;

  /**
   * Opens the page.
   *
   * @param {string} url Where it is.
   */
  constructor(url) {
    this.#visit = open(url);
    // Whoever asks hears of it.
    this.#visit.catch(() => undefined);
  }

  /**
   * What it says.
   *
   * @param {object | undefined} request Unless it speaks first.
   * @param {number} seconds How long it may take.
   * @returns {Promise<any>} Rejects with what went wrong there.
   */
  async ask(request, seconds) {
    /** @type {NodeJS.Timeout | undefined} */
    let timer;
    const late = new Promise((_, reject) => {
      const error = new Error(`no answer within ${seconds} seconds`);
      timer = setTimeout(() => reject(error), 1000 * seconds);
    });
    try {
      return await Promise.race([this.#answer(request), late]);
    } finally {
      clearTimeout(timer);
    }
  }

  /** Ends its Chromium. */
  async stop() {
    const { browser } = await this.#visit.catch(() => ({ browser: undefined }));
    await browser?.close();
  }

  async #answer(/** @type {object | undefined} */ request) {
    const { page } = await this.#visit;
    const { error, ...reply } = await page.evaluate(async (given) => {
      try {
        return await /** @type {any} */ (globalThis).answer(given);
      } catch (error) {
        // Errors of other worlds arrive with their stack in the message.
        return { error: String(error) };
      }
    }, request);
    if (error !== undefined) throw new Error(error);
    return reply;
  }
}

async function open(/** @type {string} */ url) {
  const browser = await launchChromium(flags);
  try {
    const { page } = await visit(browser, url);
    return { browser, page };
  } catch (error) {
    await browser.close();
    throw error;
  }
}
