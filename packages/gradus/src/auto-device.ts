import { cpu } from '@gradus/backend-cpu';
import type { Device } from '@gradus/core';

/** A device, and why it was chosen. */
export interface AutoDevice {
  readonly device: Device;
  /** For people: what was tried, and what decided. */
  readonly reason: string;
}

/**
 * The fastest device that works here. So far that is always the CPU's; await the
 * result all the same, for others open asynchronously.
 */
export async function autoDevice(): Promise<AutoDevice> {
  return { device: cpu(), reason: 'the backend that works everywhere' };
}
