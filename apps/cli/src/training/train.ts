import {
  accuracy,
  compile,
  crossEntropy,
  grad,
  models,
  randomKey,
  randomStream,
  setDefaultDevice,
  type RandomKey,
  type Tensor,
} from 'gradus';
import { openDevice } from '../devices.js';
import { checkBatchSize, loadDigits } from './digits.js';
import { evaluate } from './evaluate.js';
import type { Emit, TrainingRequest } from './protocol.js';
import { StepRecorder } from './step-recorder.js';
import { countParameters, hashWeights } from './weights.js';

/**
 * Trains a model, and tells everything as events, the last of which is `finished`. The same request
 * gives the same weights.
 *
 * @param signal Stops after the current step, without a test.
 */
export async function train(
  request: TrainingRequest,
  emit: Emit,
  signal: AbortSignal,
): Promise<void> {
  const recipe = models[request.model as keyof typeof models];
  const digits = await loadDigits(request, { emit, signal });
  const { batchSize = recipe.batchSize, seed } = request;
  checkBatchSize(batchSize, digits.train.length);
  const steps = stepsOf(request, digits.train.length / batchSize) ?? recipe.steps;

  const { device } = await openDevice(request.device, request);
  setDefaultDevice(device);
  const [initialKey, orderKey, stepKey] = randomKey(seed).split(3) as [Key, Key, Key];
  const model = recipe.network(initialKey);
  const optimizer = recipe.optimizer(
    request.learningRate === undefined ? {} : { learningRate: request.learningRate },
  );
  const step = compile((images: Tensor, labels: Tensor, random: RandomKey) => {
    const logits = model.forward(images, { training: true, random });
    optimizer.update(model, grad(recipe.loss(logits, labels), model));
    // Recipes differ in what they minimise; what is told is comparable among them.
    return { loss: crossEntropy(logits, labels), accuracy: accuracy(logits, labels) };
  });

  const run = {
    model: request.model,
    device: device.name,
    threads: device.capabilities.threads.count,
    dataset: digits.name,
    trainExamples: digits.train.length,
    testExamples: digits.test.length,
    steps,
    batchSize,
    seed,
    parameters: countParameters(model),
  };
  emit({ type: 'started', run });

  const keys = randomStream(stepKey);
  const batches = digits.train.shuffle(orderKey).cursor();
  const recorder = new StepRecorder(emit);
  for (let index = 0; index < steps && !signal.aborted; index++) {
    const { images, labels } = batches.nextBatch(batchSize);
    const result = await step(images, labels, keys.next());
    recorder.record(await result.loss.item(), await result.accuracy.item());
  }
  recorder.flush();

  const test = signal.aborted ? undefined : await evaluate(digits.test, { model, emit, signal });
  emit({ type: 'finished', test, weightsSha256: await hashWeights(model) });
  device.dispose();
}

type Key = ReturnType<typeof randomKey>;

/** The number of steps that the request asks for, if it does. */
function stepsOf(
  { steps, epochs }: Pick<TrainingRequest, 'steps' | 'epochs'>,
  stepsPerEpoch: number,
): number | undefined {
  return epochs === undefined ? steps : Math.ceil(epochs * stepsPerEpoch);
}
