/** `/?network=NAME&steps=N`: makes a WASM device and trains, with a mark at the start of each phase. */
import { wasm } from '@gradus/backend-wasm';
import { setDefaultDevice } from '@gradus/core';
import { batch } from '../cases/network.js';
import { networks } from '../cases/networks.js';
import { compileStep } from '../contestants/gradus.js';

const query = new URL(globalThis.location.href).searchParams;

/** A pause, so that what a phase has begun ends in it. */
const rest = () => new Promise((resolve) => globalThis.setTimeout(resolve, 300));

/** Starts a phase. */
async function phase(/** @type {string} */ name) {
  await rest();
  globalThis.performance.mark(name);
}

async function train() {
  const network = networks.find(({ name }) => name === query.get('network'));
  if (network === undefined) throw new Error(`There is no network ${query.get('network')}.`);
  const steps = Number(query.get('steps'));
  const batches = Array.from({ length: steps }, (_, step) => batch(network, step));
  await phase('device');
  const device = await wasm();
  setDefaultDevice(device);
  await phase('model');
  const { run } = await compileStep(network);
  const losses = [];
  for (const [step, given] of batches.entries()) {
    if (step < 2) await phase(step === 0 ? 'first step' : 'later steps');
    losses.push(await run(given));
  }
  await phase('end');
  return { loss: losses.at(-1), threads: device.capabilities.threads.count };
}

Object.assign(globalThis, { trained: train() });
