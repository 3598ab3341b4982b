/**
 * How long a page's main thread is held up by a WASM device, its first step and later ones; README.md
 * says how to run it.
 */
import { bundleSite, isolation, launchChromium, serve } from '@gradus/browser-tests';
import { machine } from './compare.js';
import { readOptions } from './contest/options.js';
import { categories, tasksOf } from './page-tasks/trace.js';

/** @typedef {ReturnType<typeof tasksOf>} Tasks */

const options = readOptions({ rounds: 5 });
const names = options.names.length > 0 ? options.names : ['step-conv-dropout', 'step-lenet'];
const steps = 10;
const phases = ['device', 'model', 'first step', 'later steps'];

/** The tasks of a page that nobody has opened before. */
async function visitOnce(/** @type {string} */ url) {
  const browser = await launchChromium();
  try {
    const page = await browser.newPage();
    await browser.startTracing(page, { categories });
    await page.goto(url);
    const { threads } = await page.evaluate(() => /** @type {any} */ (globalThis).trained);
    const { traceEvents } = JSON.parse(String(await browser.stopTracing()));
    return { threads, tasks: tasksOf(traceEvents, [...phases, 'end']) };
  } finally {
    await browser.close();
  }
}

/** The longest task of a phase, on the clock and in processor time, of the best of some visits. */
function longest(/** @type {readonly Tasks[]} */ visits, /** @type {string} */ phase) {
  const least = (/** @type {'milliseconds' | 'processor'} */ time) => {
    const greatest = visits.map((tasks) =>
      Math.max(0, ...tasks.filter((task) => task.phase === phase).map((task) => task[time])),
    );
    return Math.min(...greatest).toFixed(0);
  };
  return `${least('milliseconds')} ms (${least('processor')})`;
}

const script = new URL('page-tasks/page.js', import.meta.url);
const worker = new URL('../../backend-wasm/src/runtime/worker.ts', import.meta.url);
const site = await bundleSite({ page: script, worker });
try {
  console.log(`${machine()}, ${new Date().toISOString().slice(0, 16)}Z`);
  console.log(`\n| network | page | ${phases.join(' | ')} |`);
  console.log(`| --- | --- | ${phases.map(() => '---').join(' | ')} |`);
  for (const name of names) {
    for (const headers of [isolation, {}]) {
      const server = await serve(site.folder, headers);
      const visits = [];
      for (let round = 0; round < options.rounds; round++) {
        visits.push(await visitOnce(`${server.url}?network=${name}&steps=${steps}`));
      }
      await server.close();
      const kind = `${visits[0]?.threads} thread${visits[0]?.threads === 1 ? '' : 's'}`;
      const tasks = visits.map((visit) => visit.tasks);
      const cells = phases.map((phase) => longest(tasks, phase));
      console.log(`| ${name} | ${kind} | ${cells.join(' | ')} |`);
    }
  }
} finally {
  await site.remove();
}
