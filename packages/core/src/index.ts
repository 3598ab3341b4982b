/** `@gradus/core`: tensors as nodes of a graph, variables, `compile`, and what runs them. */
export { affineIndex, type Expression } from './backend/expression.js';
export type {
  Backend,
  BufferHandle,
  Capabilities,
  Executable,
  KernelTime,
  MemoryReport,
} from './backend/backend.js';
export type { Kernel, KernelKind, Plan, PlanBuffer } from './backend/kernels.js';
export { compile, type CompiledFunction, type CompileOptions } from './compile/compile.js';
export type { CompiledPlan, KernelProfile } from './compile/compiled-plan.js';
export type { Passed } from './compile/arguments.js';
export * from './compositions/activations.js';
export * from './compositions/arrangement.js';
export { einsum } from './compositions/einsum.js';
export * from './compositions/products.js';
export * from './compositions/ranges.js';
export * from './compositions/statistics.js';
export { conv2d, conv2dFilterGradient, conv2dInputGradient } from './convolution.js';
export type { ConvolutionOptions } from './graph/convolution.js';
export {
  pairOf,
  windowFor,
  windowPlaces,
  windowSettings,
  type Convolution2d,
  type Padding2d,
  type PaddingOption,
  type Pair,
  type Window2d,
  type WindowOptions,
  type WindowSettings,
} from './graph/window.js';
export {
  avgPool2d,
  elementsAt,
  maxPool2d,
  maxPool2dPositions,
  maxUnpool2d,
  poolingSettings,
  sumPool2d,
  sumUnpool2d,
  type PoolingOptions,
} from './pooling.js';
export {
  bytesPerElement,
  dataTypes,
  isFloating,
  isInteger,
  type DataType,
  type TypedArray,
} from './dtype.js';
export * from './errors.js';
export { GraphNode, isPrimitive, topologicalOrder } from './graph/node.js';
export {
  primitiveKinds,
  type CustomBackward,
  type PrimitiveAttributes,
  type PrimitiveKind,
  type PrimitiveName,
} from './graph/primitive.js';
export { isHandle, type GraphHandle } from './handle.js';
export type { SliceIndex } from './indexing.js';
export {
  containerChildren,
  drawKey,
  freeze,
  namedLayers,
  namedParameters,
  namedVariables,
  parameters,
  unfreeze,
  type ForwardContext,
  type Layer,
} from './layer.js';
export * from './operations.js';
export { inspectPlan, summarizePlan, type PlanSummary } from './plan/inspect.js';
export {
  randomBernoulli,
  randomBits,
  randomNormal,
  randomTruncatedNormal,
  randomUniform,
  type NormalOptions,
  type UniformOptions,
} from './random.js';
export { memoryInfo, planOf, realize } from './realize.js';
export { Device, getDefaultDevice, setDefaultDevice } from './runtime/device.js';
export {
  loadStateDictionary,
  stateDictionary,
  type LoadOptions,
  type LoadReport,
  type Misfit,
  type Rename,
} from './state-dictionary.js';
export { isTracing, untraced } from './runtime/trace.js';
export {
  broadcastShapes,
  formatShape,
  normalizeAxes,
  normalizeAxis,
  sameShape,
  sizeOf,
  type Shape,
} from './shape.js';
export {
  asTensor,
  Tensor,
  tensor,
  type Axes,
  type NormOptions,
  type ReductionOptions,
  type VarianceOptions,
} from './tensor.js';
export type { NestedArray, TensorData, TensorLike } from './tensor-like.js';
export { Variable, type VariableOptions } from './variable.js';
