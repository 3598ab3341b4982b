import { createRequire } from 'node:module';
import '@tensorflow/tfjs-backend-cpu';
import { setWasmPaths } from '@tensorflow/tfjs-backend-wasm';
import { libraryWith } from './tensor-flow.js';

/**
 * TensorFlow.js in Node, with its WebAssembly backend (which has one thread there) or the plain one.
 *
 * @param {{ backend: string }} options `wasm` or `cpu`.
 * @returns {Promise<import('./library.js').Library>}
 */
export async function open({ backend }) {
  const manifest = '@tensorflow/tfjs-backend-wasm/package.json';
  const path = createRequire(import.meta.url).resolve(manifest);
  setWasmPaths(path.replace('package.json', 'dist/'));
  return libraryWith(backend);
}
