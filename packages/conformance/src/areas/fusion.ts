import { realize, type Tensor } from '@gradus/core';
import { checkValues, type Values } from '../assertions.js';
import { Inputs } from '../inputs.js';
import { exactSteps, randomProgram, continuousSteps } from '../random-program.js';
import { evaluateReference } from '../reference/evaluate.js';
import { read, type BackendTests } from '../suite.js';
import type { Tolerance } from '../tolerances.js';

const programs = 40;
const length = 14;
/** Each step may double what the one before was off by, in one element of many. */
const continuousTolerance: Tolerance = { units: 4096, scale: 'largest' };

type Build = () => Generator<Tensor, readonly Tensor[]>;

/** Random programs, computed at once and computed step by step. */
export function fusion(tests: BackendTests): void {
  for (let seed = 0; seed < programs; seed++) {
    const exact: Build = () => {
      const inputs = new Inputs(seed);
      const range = { minimum: -9, maximum: 9 };
      const leaves = [
        inputs.tensor([4, 5], 'float32', range),
        inputs.tensor([3, 1, 5], 'int32', range),
        inputs.tensor([6], 'float32', range),
      ];
      return randomProgram(inputs, leaves, exactSteps, length);
    };
    tests.test(
      `exact program of seed ${seed}: in one plan, step by step, and the reference`,
      async () => {
        const results = allAtOnce(exact());
        const expected = evaluateReference(results);
        const fused = await values(results);
        const unfused = await values(await stepByStep(exact()));
        for (const [position, each] of fused.entries()) {
          const what = `exact program of seed ${seed}, result ${position}`;
          const reference = { ...each, data: expected[position]!.data };
          checkValues(`${what}, in one plan`, each, reference);
          checkValues(`${what}, step by step`, unfused[position]!, reference);
        }
      },
    );
    const continuous: Build = () => {
      const inputs = new Inputs(seed);
      const leaves = [[4, 5], [3, 1, 5], [6]].map((shape) => inputs.tensor(shape));
      return randomProgram(inputs, leaves, continuousSteps, length);
    };
    tests.test(`continuous program of seed ${seed}: in one plan and step by step`, async () => {
      const fused = await values(allAtOnce(continuous()));
      const unfused = await values(await stepByStep(continuous()));
      for (const [position, each] of fused.entries()) {
        const what = `continuous program of seed ${seed}, result ${position}, fused against unfused`;
        checkValues(what, each, unfused[position]!, continuousTolerance);
      }
    });
  }
}

function allAtOnce(program: ReturnType<Build>): readonly Tensor[] {
  for (;;) {
    const step = program.next();
    if (step.done === true) return step.value;
  }
}

/** Computes every intermediate before the next step is built: nothing is left to fuse. */
async function stepByStep(program: ReturnType<Build>): Promise<readonly Tensor[]> {
  for (;;) {
    const step = program.next();
    if (step.done === true) return step.value;
    await realize(step.value);
  }
}

async function values(tensors: readonly Tensor[]): Promise<Values[]> {
  await realize(...tensors);
  return Promise.all(tensors.map(read));
}
