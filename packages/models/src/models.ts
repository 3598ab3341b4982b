import { mlpDropout } from './mlp-dropout.js';
import { mlpRelu } from './mlp-relu.js';
import { mlpSigmoid } from './mlp-sigmoid.js';
import type { ModelDefinition } from './model-definition.js';
import { softmaxRegression } from './softmax-regression.js';

/** Every model by name, the simplest first. */
export const models = {
  softmax: softmaxRegression,
  'mlp-sigmoid': mlpSigmoid,
  'mlp-relu': mlpRelu,
  'mlp-dropout': mlpDropout,
} as const satisfies Readonly<Record<string, ModelDefinition>>;

/** The name of a model. */
export type ModelName = keyof typeof models;
