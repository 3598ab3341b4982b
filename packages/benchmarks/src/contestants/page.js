/**
 * `/?module=NAME&options=JSON`: one contestant in a page of its own, whose module has been bundled
 * beside this script. Whoever opened the page calls the global function `answer` (`answers.js`).
 */
import { answersOf } from './answers.js';

const query = new URL(globalThis.location.href).searchParams;

async function ready() {
  const { open } = await import(`/${query.get('module')}.js`);
  return answersOf(await open(JSON.parse(query.get('options') ?? '{}')));
}

const answer = ready();
// Whoever asks hears of it.
answer.catch(() => undefined);
Object.assign(globalThis, {
  answer: async (/** @type {object | undefined} */ request) => (await answer)(request),
});
