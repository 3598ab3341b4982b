/**
 * `node serve.js MODULE [OPTIONS as JSON]`: one contestant in a process of its own, so that none
 * shares a heap, an optimising compiler or flags with another. It says a line once it is ready, and
 * then one for each line that it reads (`answers.js`). What goes wrong is `{ error }`.
 */
import { createInterface } from 'node:readline';
import { answersOf } from './answers.js';

const [module = '', options = '{}'] = process.argv.slice(2);
// Lines on the standard output are answers; libraries may greet elsewhere.
console.log = console.error;

/** One line on the standard output. */
function say(/** @type {object} */ value) {
  process.stdout.write(`${JSON.stringify(value)}\n`);
}

try {
  const { open } = await import(new URL(module, import.meta.url).href);
  const answer = answersOf(await open(JSON.parse(options)));
  say(await answer());
  for await (const line of createInterface({ input: process.stdin })) {
    say(await answer(JSON.parse(line)));
  }
} catch (error) {
  say({ error: error instanceof Error ? error.message : String(error) });
}
// Whoever asked has gone, or there is nothing more to say.
process.exit();
