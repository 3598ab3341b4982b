import { cpu } from '@gradus/backend-cpu';
import { setDefaultDevice } from '@gradus/core';
import '@tensorflow/tfjs-backend-cpu';
import * as tf from '@tensorflow/tfjs-core';
import { compare, machine } from './compare.js';
import { gradusModel, gradusStep } from './training/gradus.js';
import { batch, networks } from './training/networks.js';
import { tensorFlowStep } from './training/tensor-flow.js';

/** By how much losses may differ, relatively. */
const tolerance = 1e-4;

/**
 * Notes the losses that a step returns, round by round.
 *
 * @param {string} name Shown in the table.
 * @param {import('./training/networks.js').Network} network Gives the batches.
 * @param {(batch: { images: Float32Array, labels: Int32Array }) => Promise<number>} step Timed.
 * @returns {import('./compare.js').Contender & { losses: number[] }} Ready to be compared.
 */
function contender(name, network, step) {
  /** @type {number[]} */
  const losses = [];
  const batches = Array.from({ length: network.rounds + 1 }, (_, round) => batch(network, round));
  return {
    name,
    losses,
    run: async (round) => {
      const given = batches[round];
      if (given === undefined) throw new Error(`no batch for round ${round}`);
      const loss = await step(given);
      losses.push(loss);
      return loss;
    },
  };
}

setDefaultDevice(cpu());
await tf.setBackend('cpu');
console.log(machine());
const chosen = process.argv.slice(2);
for (const network of networks) {
  if (chosen.length > 0 && !chosen.includes(network.name)) continue;
  const model = gradusModel(network);
  const peer = await tensorFlowStep(model, network);
  const own = contender('gradus cpu', network, gradusStep(model, network));
  const other = contender('TensorFlow.js cpu', network, peer);
  const results = await compare([own, other], { rounds: network.rounds, warmups: 1 });
  own.losses.forEach((loss, round) => {
    const expected = other.losses[round] ?? NaN;
    if (!(Math.abs(loss - expected) <= tolerance * expected)) {
      throw new Error(`${network.name}, step ${round}: losses ${loss} and ${expected} differ`);
    }
  });
  for (const { name, milliseconds, checksum } of results) {
    const ratio = milliseconds / (results[0]?.milliseconds ?? NaN);
    console.log(
      `${network.name}  ${name.padEnd(18)} ${milliseconds.toFixed(1).padStart(9)} ms  ` +
        `${ratio.toFixed(1).padStart(6)} x  last loss ${checksum.toFixed(6)}  ` +
        `median of ${network.rounds}`,
    );
  }
}
