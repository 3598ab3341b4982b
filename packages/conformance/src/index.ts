export { backendSuite, type BackendSuiteOptions } from './backend-suite.js';
export { testCollector } from './runner.js';
