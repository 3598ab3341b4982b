import { compile, crossEntropy, type DigitDataset, type Layer, type Tensor } from 'gradus';
import type { Emit, TestResult } from './protocol.js';

/** What evaluation needs besides the data. */
export interface EvaluationOptions {
  readonly model: Layer;
  readonly emit: Emit;
  readonly signal: AbortSignal;
}

const batchSize = 500;

/** The model's mean cross-entropy and number of correct answers on all digits; undefined when stopped. */
export async function evaluate(
  digits: DigitDataset,
  { model, emit, signal }: EvaluationOptions,
): Promise<TestResult | undefined> {
  const assess = compile((images: Tensor, labels: Tensor) => {
    const logits = model.forward(images);
    const correct = logits.argMax().equal(labels).cast('int32').sum();
    return { loss: crossEntropy(logits, labels, { reduction: 'sum' }), correct };
  });
  let [totalLoss, correct, examples] = [0, 0, 0];
  for (const { images, labels } of digits.batches(batchSize)) {
    if (signal.aborted) return undefined;
    emit({ type: 'evaluating', examples, total: digits.length });
    const result = await assess(images, labels);
    totalLoss += await result.loss.item();
    correct += await result.correct.item();
    examples += labels.data.length;
  }
  return { loss: totalLoss / examples, correct, examples };
}
