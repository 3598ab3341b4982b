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
    return { name, available: true, threads: threads.count, description: what };
  } catch (error) {
    return { name, available: false, threads: 0, description: failureOf(error).message };
  }
}

function row({ name, available, threads, description }: DeviceStatus): string[] {
  return [name, available ? format.counted(threads, 'thread') : 'not here', description];
}
