import { webgpu } from '@gradus/backend-webgpu';
import { libraryOn } from './gradus.js';

/**
 * Gradus with its WebGPU backend.
 *
 * @returns {Promise<import('./library.js').Library>}
 */
export async function open() {
  return libraryOn(await webgpu());
}
