import { convBnDropout } from './conv-bn-dropout.js';
import { convDropout } from './conv-dropout.js';
import { conv } from './conv.js';
import { leNet5 } from './lenet-5.js';
import { mlpDropout } from './mlp-dropout.js';
import { mlpReluBn } from './mlp-relu-bn.js';
import { mlpRelu } from './mlp-relu.js';
import { mlpSigmoidBn } from './mlp-sigmoid-bn.js';
import { mlpSigmoid } from './mlp-sigmoid.js';
import type { ModelDefinition } from './model-definition.js';
import { residualNetwork } from './residual-network.js';
import { softmaxRegression } from './softmax-regression.js';

/** Every model by name, the simplest first. */
export const models = {
  softmax: softmaxRegression,
  'mlp-sigmoid': mlpSigmoid,
  'mlp-relu': mlpRelu,
  'mlp-dropout': mlpDropout,
  conv,
  'conv-dropout': convDropout,
  'mlp-sigmoid-bn': mlpSigmoidBn,
  'mlp-relu-bn': mlpReluBn,
  'conv-bn-dropout': convBnDropout,
  'lenet-5': leNet5,
  residual: residualNetwork,
} as const satisfies Readonly<Record<string, ModelDefinition>>;

/** The name of a model. */
export type ModelName = keyof typeof models;
