import { cpu } from '@gradus/backend-cpu';
import type { Device } from '@gradus/core';

/** A device, and why it was chosen. */
export interface AutoDevice {
  readonly device: Device;
  /** For people: what was tried, and what decided. */
  readonly reason: string;
}

/**
 * The fastest device that works here. So far there is one backend, the CPU's, and it works
 * everywhere; await the result all the same, for the devices to come open asynchronously.
 */
export async function autoDevice(): Promise<AutoDevice> {
  return { device: cpu(), reason: 'the only backend so far, and it works everywhere' };
}
