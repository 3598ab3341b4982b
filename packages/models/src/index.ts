export { mlpDropout } from './mlp-dropout.js';
export { mlpRelu } from './mlp-relu.js';
export { mlpSigmoid } from './mlp-sigmoid.js';
export type { ModelDefinition, ModelOptimizerOptions } from './model-definition.js';
export { models, type ModelName } from './models.js';
export { softmaxRegression } from './softmax-regression.js';
