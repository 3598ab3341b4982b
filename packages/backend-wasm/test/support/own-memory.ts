import { limitsOf, ReachableMemory } from '../../src/runtime/linear-memory.js';
import { DeviceMemory } from '../../src/runtime/memory.js';

/** The memory of a device that computes on the calling thread. */
export function ownMemory(ceiling: number): DeviceMemory {
  return new DeviceMemory(new ReachableMemory(limitsOf(ceiling, false)));
}
