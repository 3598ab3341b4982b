import type { Failure } from '../errors.js';

/** What to train: plain data, handed to the worker when it starts. */
export interface TrainingRequest {
  readonly model: string;
  readonly device: string;
  readonly threads: number | undefined;
  /** Without one: MNIST if it can be had, otherwise digits drawn by code. */
  readonly dataset: 'mnist' | 'synthetic' | undefined;
  readonly dataDirectory: string | undefined;
  /** At most one of `steps` and `epochs`; without either, what the model's recipe says. */
  readonly steps: number | undefined;
  readonly epochs: number | undefined;
  readonly batchSize: number | undefined;
  readonly learningRate: number | undefined;
  readonly seed: number;
}

/** The one message to the worker: stop as soon as the current step is done. */
export const stopMessage = 'stop';

/** MNIST itself, digits drawn by code, or other files of MNIST's form. */
export type DatasetName = 'mnist' | 'synthetic' | 'custom';

/** A run, once data, device and network are there. */
export interface RunDescription {
  readonly model: string;
  readonly device: string;
  readonly threads: number;
  readonly dataset: DatasetName;
  readonly trainExamples: number;
  readonly testExamples: number;
  readonly steps: number;
  readonly batchSize: number;
  readonly seed: number;
  /** Numbers in trainable variables. */
  readonly parameters: number;
}

/** How a network does on the whole test set. */
export interface TestResult {
  /** Mean cross-entropy over all examples. */
  readonly loss: number;
  readonly correct: number;
  readonly examples: number;
}

/** What the worker tells, in this order but for downloads and notices. */
export type TrainingEvent =
  /** What it is busy with, for people. */
  | { readonly type: 'activity'; readonly text: string }
  | {
      readonly type: 'download';
      readonly file: string;
      readonly receivedBytes: number;
      readonly totalBytes: number | undefined;
    }
  /** Something that people should know, such as that there is no network. */
  | { readonly type: 'notice'; readonly text: string }
  | { readonly type: 'started'; readonly run: RunDescription }
  /** Steps since the last such event: cross-entropy, accuracy in [0, 1] and time of each. */
  | {
      readonly type: 'steps';
      readonly losses: readonly number[];
      readonly accuracies: readonly number[];
      readonly milliseconds: readonly number[];
    }
  | { readonly type: 'evaluating'; readonly examples: number; readonly total: number }
  /** The end, for better or stopped: then there is no test result, and weights only after `started`. */
  | {
      readonly type: 'finished';
      readonly test: TestResult | undefined;
      readonly weightsSha256: string | undefined;
    }
  | { readonly type: 'failed'; readonly failure: Failure };

/** Where the training sends what it tells. */
export type Emit = (event: TrainingEvent) => void;
