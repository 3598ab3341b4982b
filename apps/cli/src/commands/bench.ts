import { writeFile } from 'node:fs/promises';
import { measure, workloads } from '@gradus/workloads';
import { Command } from 'commander';
import { cpu } from 'gradus';
import { openDevice } from '../devices.js';
import * as display from '../display/bench.js';
import * as format from '../display/format.js';
import { UsageError } from '../errors.js';
import { integer, oneOf, path } from '../values.js';
import { deviceOption, option, threadsOption } from './options.js';

interface BenchOptions {
  readonly device: string;
  readonly threads?: number;
  readonly rounds: number;
  readonly list?: boolean;
  readonly profile?: boolean;
  readonly source?: string;
  readonly json?: boolean;
}

const parseName = oneOf(
  'workload',
  workloads.map(({ name }) => name),
);

/** `gradus bench [names…]`. */
export function benchCommand(): Command {
  return new Command('bench')
    .summary('time products, layers and training steps')
    .description(
      'Times matrix products, convolutions, elementwise functions and training steps. Every round has new inputs, which travel to the device in its time; every result is verified.',
    )
    .argument('[names...]', 'what to time; everything if not given')
    .option('--list', 'list what can be timed')
    .addOption(deviceOption())
    .addOption(threadsOption())
    .addOption(
      option(
        '--rounds <number>',
        'rounds, of which the median counts',
        integer('--rounds', 1),
      ).default(20),
    )
    .option('--profile', 'print the time of each kernel, the longest first')
    .addOption(
      option(
        '--source <file>',
        'write the code of the plan: WebAssembly text, or JavaScript on cpu',
        path('--source', 'file'),
      ),
    )
    .option('--json', 'print JSON lines, for programs')
    .addHelpText(
      'after',
      `
Examples:
  gradus bench --list
  gradus bench step-mlp step-lenet --device wasm --threads 2
  gradus bench step-conv-dropout --profile
  gradus bench matmul-512 --profile --source matmul.wat
  gradus bench --json`,
    )
    .action(async (names: string[], options: BenchOptions) => {
      if (options.list === true) list(options.json === true);
      else await bench(names.map(parseName), options);
    });
}

function list(json: boolean): void {
  const rows = workloads.map(({ name, description }) => ({ name, description }));
  const lines = json
    ? rows.map((row) => JSON.stringify({ event: 'workload', ...row }))
    : format.table(rows.map(({ name, description }) => [name, description]));
  process.stdout.write(`${lines.join('\n')}\n`);
}

async function bench(names: readonly string[], options: BenchOptions): Promise<void> {
  const { rounds, threads, profile = false, source, json = false } = options;
  if (source !== undefined && names.length !== 1) {
    throw new UsageError(
      `--source writes the code of one workload; name one instead of ${names.length || 'all'}.`,
    );
  }
  const chosen = workloads.filter(({ name }) => names.length === 0 || names.includes(name));
  const { device } = await openDevice(options.device, { threads, profile });
  const write = (text: string): boolean => process.stdout.write(text);
  const width = Math.max(...chosen.map(({ name }) => name.length));
  const { count } = device.capabilities.threads;
  try {
    if (!json) write(`${display.headline(device.name, count, rounds)}\n`);
    for (const workload of chosen) {
      // What is being timed, in front of its result.
      if (!json) write(workload.name.padEnd(width));
      const measurement = await measure(workload, device, cpu(), { rounds });
      const result = { name: workload.name, device: device.name, threads: count, measurement };
      write(json ? display.jsonLines(result) : `${display.result(result)}\n`);
      if (profile && !json) write(display.kernels(result, device.capabilities.description));
      if (source !== undefined) await writeFile(source, measurement.compiled.source.join('\n'));
    }
  } finally {
    device.dispose();
  }
}
