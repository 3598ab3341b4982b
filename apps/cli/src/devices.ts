import { autoDevice, cpu, wasm, webgpu, type Device } from 'gradus';
import { UsageError } from './errors.js';

/** A device that is open, and why it was chosen. */
export interface OpenDevice {
  readonly device: Device;
  readonly reason: string;
}

/** What can be asked of a device. */
export interface DeviceSettings {
  /** How many threads work; what the device thinks best if not given. */
  readonly threads?: number | undefined;
  /** Whether kernels are timed; false if not given. */
  readonly profile?: boolean | undefined;
}

const byName = (device: Device): OpenDevice => ({ device, reason: 'asked for by name' });

/** What `--device` may name, each with what opens it. */
const devices = {
  auto: autoDevice,
  wasm: async (settings) => byName(await wasm(settings)),
  webgpu: async ({ profile }) => byName(await webgpu({ profile })),
  cpu: async ({ profile }) => byName(cpu({ profile })),
} satisfies Record<string, (settings: DeviceSettings) => Promise<OpenDevice>>;

/** The names that `--device` may have. */
export const deviceNames = Object.keys(devices) as (keyof typeof devices)[];

/**
 * Opens a device by one of `deviceNames`.
 *
 * @throws UsageError when it has fewer threads than were asked for.
 */
export async function openDevice(name: string, settings: DeviceSettings = {}): Promise<OpenDevice> {
  const opened = await devices[name as keyof typeof devices](settings);
  const { device } = opened;
  const { threads } = settings;
  const { count, reason } = device.capabilities.threads;
  if (threads === undefined || threads === count) return opened;
  device.dispose();
  throw new UsageError(
    `--threads: ${device.name} cannot have ${threads} threads but ${count}: ${reason}.`,
  );
}
