export { compile, setDefaultDevice, tensor } from '@gradus/core';
export { WasmBackend } from '../../src/backend.js';
export { wasm, wasmSync } from '../../src/index.js';
export { endlessPlan } from './endless-plan.js';
