import { atomic, memory } from '../../src/assembler/index.js';
import { contents, source, target, type Sample } from './samples.js';

/** Every instruction of `memory` and `atomic`. */
export const memorySamples: Readonly<Record<string, Sample>> = {
  'memory.size': [memory.size(), 1],
  'memory.grow': [memory.grow(5), -1],
  'memory.copy': [memory.copy(target, source, 9), contents.subarray(0, 9)],
  'memory.fill': [memory.fill(target, 0x107, 3), Uint8Array.of(7, 7, 7, 0)],
  'memory.atomic.notify': [memory.atomic.notify(target, 1), 0],
  'memory.atomic.wait32': [memory.atomic.wait32(target, 1, -1n), 1],
  'atomic.fence': [atomic.fence(), Uint8Array.of(0)],
};
