import { Command } from 'commander';
import { WebGpuBackend, type AdapterDescription } from 'gradus';
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
  /** What WebGPU computes on. */
  readonly adapter?: AdapterDescription;
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
        : [...format.table(statuses.map(row)), ...statuses.flatMap(remarks)];
      process.stdout.write(`${lines.join('\n')}\n`);
    });
}

async function inspect(name: string): Promise<DeviceStatus> {
  try {
    const { device, reason } = await openDevice(name);
    const { threads, description = device.name } = device.capabilities;
    const { backend } = device;
    const adapter = backend instanceof WebGpuBackend ? { adapter: backend.adapter } : {};
    device.dispose();
    const what = name === device.name ? description : `${device.name}: ${reason}`;
    const { count, reason: threadsReason } = threads;
    const status = { name, available: true, threads: count, threadsReason, description: what };
    return { ...status, ...adapter };
  } catch (error) {
    const description = failureOf(error).message;
    return { name, available: false, threads: 0, threadsReason: undefined, description };
  }
}

function row(status: DeviceStatus): string[] {
  const { name, available, threads, threadsReason, description } = status;
  if (!available) return [name, 'not here', '', ''];
  const reason = threadsReason === undefined ? '' : `(${threadsReason})`;
  return [name, format.counted(threads, 'thread'), description, reason];
}

/** What an adapter can do that large tensors and fused kernels run into. */
const limits = {
  maxBufferSize: 'bytes in a buffer',
  maxStorageBufferBindingSize: 'bytes of it that a kernel sees',
  maxStorageBuffersPerShaderStage: 'buffers in a kernel',
  maxComputeInvocationsPerWorkgroup: 'invocations in a workgroup',
  maxComputeWorkgroupStorageSize: 'bytes that they share',
} as const;

/** What has no room in the table: why a device is not here, and what an adapter can do. */
function remarks({ name, available, description, adapter }: DeviceStatus): string[] {
  if (!available) return ['', description];
  if (adapter === undefined || name === 'auto') return [];
  const kind = adapter.software ? 'a software adapter' : 'hardware';
  const rows = Object.entries(limits).map(([limit, what]) => [
    '',
    `${adapter.limits[limit] ?? 'unknown'}`,
    what,
  ]);
  return [
    '',
    `${name}: ${adapter.name}, ${kind}`,
    ...format.table(rows),
    `  features: ${adapter.features.join(', ') || 'none'}`,
  ];
}
