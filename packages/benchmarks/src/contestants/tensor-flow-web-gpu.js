import '@tensorflow/tfjs-backend-webgpu';
import { libraryWith } from './tensor-flow.js';

/**
 * TensorFlow.js in a page, with its WebGPU backend.
 *
 * @returns {Promise<import('./library.js').Library>}
 */
export function open() {
  return libraryWith('webgpu');
}
