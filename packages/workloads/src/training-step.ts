import { grad } from '@gradus/autograd';
import { compile, type CompiledFunction, type Device, type Tensor } from '@gradus/core';
import type { ModelDefinition } from '@gradus/models';
import { randomIntegers, randomKey, uniform, type RandomKey } from '@gradus/random';
import { operationsOf } from './operations.js';
import { WorkloadError, type StartedWorkload, type Workload } from './workload.js';

/** So many first steps are computed on the reference too: the second sees what the first updated. */
const comparedRounds = 2;
/** By how much their losses may differ, relatively. */
const tolerance = 1e-3;
/** From this round on the loss must have fallen. */
const fallenBy = 10;

const imageSize = 28;
const classes = 10;

/**
 * A step of training: forward, backward and update, on a new batch of images. The first losses are
 * compared with those of the reference; later ones must be finite, and smaller than the first.
 *
 * @param layers For people.
 */
export function trainingStep(name: string, model: ModelDefinition, layers: string): Workload {
  return {
    name,
    description: `a training step, batch ${model.batchSize}: ${layers}`,
    start: (device, reference) => start(name, model, device, reference),
  };
}

function start(
  name: string,
  model: ModelDefinition,
  device: Device,
  reference: Device,
): StartedWorkload {
  const step = stepOn(device, model);
  const referenceStep = stepOn(reference, model);
  let firstLoss = NaN;
  return {
    operations: operationsOf(referenceStep.plan(...batch(model, 0))),
    prepare(round) {
      const given = batch(model, round);
      return {
        run: async () => [await (await step(...given)).item()],
        async verify([loss = NaN]) {
          if (round === 0) firstLoss = loss;
          if (round < comparedRounds) {
            const expected = await (await referenceStep(...given)).item();
            if (Math.abs(loss - expected) <= tolerance * Math.abs(expected)) return;
            throw new WorkloadError(
              `${name}, step ${round}: expected a loss of ${expected}, as on ${reference.name}, got ${loss}.`,
            );
          }
          if (Number.isFinite(loss) && (round < fallenBy || loss < firstLoss)) return;
          throw new WorkloadError(
            `${name}, step ${round}: expected a loss below ${firstLoss}, that of the first step, got ${loss}.`,
          );
        },
        compiled: () => step.compiled(...given),
      };
    },
  };
}

type Step = CompiledFunction<[images: Tensor, labels: Tensor, random: RandomKey], Tensor>;

/** The same on every device: initial values and all that is random depend on nothing else. */
function stepOn(device: Device, definition: ModelDefinition): Step {
  const { loss } = definition;
  const model = definition.network(randomKey(0));
  const optimizer = definition.optimizer();
  return compile(
    (images: Tensor, labels: Tensor, random: RandomKey) => {
      const result = loss(model.forward(images, { training: true, random }), labels);
      optimizer.update(model, grad(result, model));
      return result;
    },
    { device },
  );
}

/**
 * A batch that no other round has, and a key for it: noise over a pattern for each label, so that
 * there is something to learn.
 */
function batch({ batchSize }: ModelDefinition, round: number) {
  const key = randomKey(1).fold(round);
  const pixels = imageSize * imageSize;
  const labels = randomIntegers(key.fold(0), batchSize, 0, classes);
  const images = uniform(key.fold(1), batchSize * pixels);
  const patterns = uniform(randomKey(2), classes * pixels);
  for (let index = 0; index < images.length; index++) {
    const label = labels[Math.floor(index / pixels)]!;
    images[index] = (images[index]! + patterns[label * pixels + (index % pixels)]!) / 2;
  }
  const shape = [batchSize, 1, imageSize, imageSize];
  return [{ data: images, shape }, labels, key.fold(2)] as const;
}
