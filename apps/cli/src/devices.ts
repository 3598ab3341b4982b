import { autoDevice, cpu, type Device } from 'gradus';

/** A device that is open, and why it was chosen. */
export interface OpenDevice {
  readonly device: Device;
  readonly reason: string;
}

/** What `--device` may name, each with what opens it. */
const devices = {
  auto: autoDevice,
  cpu: async () => ({ device: cpu(), reason: 'asked for by name' }),
} satisfies Record<string, () => Promise<OpenDevice>>;

/** The names that `--device` may have. */
export const deviceNames = Object.keys(devices) as (keyof typeof devices)[];

/** Opens a device by one of `deviceNames`. */
export async function openDevice(name: string): Promise<OpenDevice> {
  return devices[name as keyof typeof devices]();
}
