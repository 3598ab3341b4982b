export { compile, setDefaultDevice, tensor } from '@gradus/core';
export { WebGpuBackend, webgpu } from '../../src/index.js';
