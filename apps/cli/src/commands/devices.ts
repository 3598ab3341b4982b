import { Command } from 'commander';
import { deviceNames, openDevice } from '../devices.js';
import * as format from '../display/format.js';
import { failureOf } from '../errors.js';

/** What can be said about a device on this machine. */
interface DeviceStatus {
  readonly name: string;
  readonly available: boolean;
  /** 0 where it is not available. */
  readonly threads: number;
  /** Why there are not more threads. */
  readonly threadsReason: string | undefined;
  /** What it is, or why it is not available. */
  readonly description: string;
}

/** `gradus devices`. */
export function devicesCommand(): Command {
  return new Command('devices')
    .summary('list what can be computed on')
    .description('Lists what --device may name, and whether it works on this machine.')
    .option('--json', 'print JSON lines, for programs')
    .addHelpText('after', '\nExamples:\n  gradus devices\n  gradus devices --json')
    .action(async ({ json }: { json?: boolean }) => {
      const statuses = await Promise.all(deviceNames.map(inspect));
      const lines = json
        ? statuses.map((status) => JSON.stringify({ event: 'device', ...status }))
        : format.table(statuses.map(row));
      process.stdout.write(`${lines.join('\n')}\n`);
    });
}

async function inspect(name: string): Promise<DeviceStatus> {
  try {
    const { device, reason } = await openDevice(name);
    const { threads, description = device.name } = device.capabilities;
    device.dispose();
    const what = name === device.name ? description : `${device.name}: ${reason}`;
    const { count, reason: threadsReason } = threads;
    return { name, available: true, threads: count, threadsReason, description: what };
  } catch (error) {
    const description = failureOf(error).message;
    return { name, available: false, threads: 0, threadsReason: undefined, description };
  }
}

function row(status: DeviceStatus): string[] {
  const { name, available, threads, threadsReason, description } = status;
  const count = available ? format.counted(threads, 'thread') : 'not here';
  return [name, count, description, threadsReason === undefined ? '' : `(${threadsReason})`];
}
