export { Activation, type ActivationFunction } from './activation.js';
export type { AffineOptions } from './affine.js';
export { AvgPool2d, type AvgPool2dOptions } from './avg-pool2d.js';
export { BatchNorm, type BatchNormOptions } from './batch-norm.js';
export { ConvTranspose2d, type ConvTranspose2dOptions } from './conv-transpose2d.js';
export { Conv2d, type Conv2dOptions } from './conv2d.js';
export { Dense, type DenseOptions } from './dense.js';
export { DepthwiseConv2d, type DepthwiseConv2dOptions } from './depthwise-conv2d.js';
export { Dropout } from './dropout.js';
export { Embedding, type EmbeddingOptions } from './embedding.js';
export { Flatten } from './flatten.js';
export { GlobalAvgPool2d } from './global-avg-pool2d.js';
export { GRU } from './gru.js';
export * as initializers from './initializers/index.js';
export type { Initializer, InitializerContext } from './initializers/initializer.js';
export { LayerNorm, type LayerNormOptions } from './layer-norm.js';
export { LSTM } from './lstm.js';
export { MaxPool2d } from './max-pool2d.js';
export {
  binaryCrossEntropyWithLogits,
  type BinaryCrossEntropyOptions,
} from './losses/binary-cross-entropy.js';
export { crossEntropy, type CrossEntropyOptions } from './losses/cross-entropy.js';
export { hinge, type HingeOptions } from './losses/hinge.js';
export { huber, type HuberOptions } from './losses/huber.js';
export { meanAbsoluteError } from './losses/mean-absolute-error.js';
export { meanSquaredError } from './losses/mean-squared-error.js';
export { multiClassHinge } from './losses/multi-class-hinge.js';
export { l1Penalty, l2Penalty, type PenaltyOptions } from './losses/penalties.js';
export type { LossOptions, Reduction } from './losses/reduction.js';
export { Accuracy, accuracy } from './metrics/accuracy.js';
export type { ConfusionCounts } from './metrics/confusion-counts.js';
export { ConfusionMatrix } from './metrics/confusion-matrix.js';
export { MeanLoss } from './metrics/mean-loss.js';
export type { Metric } from './metrics/metric.js';
export { TopKAccuracy } from './metrics/top-k-accuracy.js';
export { pyTorchNames, pyTorchNaming, type NamedAsInPyTorch } from './py-torch-naming.js';
export type { RecurrentRun, RecurrentState } from './recurrent.js';
export type { RecurrentOptions, RecurrentOutput } from './recurrent-parameters.js';
export { Reshape } from './reshape.js';
export { Residual, type ResidualBranch, type ResidualOptions } from './residual.js';
export { setSeed } from './seed.js';
export {
  MultiHeadAttention,
  type AttendOptions,
  type MultiHeadAttentionOptions,
} from './multi-head-attention.js';
export { Sequential } from './sequential.js';
export { SpatialDropout2d } from './spatial-dropout2d.js';
export {
  summary,
  type LayerSummary,
  type ModelSummary,
  type SummaryOptions,
} from './summary/summary.js';
