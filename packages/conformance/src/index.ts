/** `@gradus/conformance`: suites that a backend or a layer runs to prove itself, with any test runner. */
export { backendSuite, type BackendSuiteOptions } from './backend-suite.js';
export {
  checkGradients,
  type GradientCheckOptions,
  type GradientCheckReport,
  type GradientComparison,
} from './check-gradients.js';
export { ConformanceError } from './conformance-error.js';
export {
  goldenFile,
  type GoldenCase,
  type GoldenFamily,
  type GoldenFile,
  type GoldenTensor,
} from './golden/index.js';
export type { Range } from './inputs.js';
export { layerSuite, type LayerSuiteOptions } from './layer-suite.js';
export { evaluateReference, type KnownValues, type Precision } from './reference/evaluate.js';
export type { HostArray } from './reference/host-array.js';
export {
  testCollector,
  type TestCollector,
  type TestFunction,
  type TestReport,
  type TestRunner,
} from './runner.js';
