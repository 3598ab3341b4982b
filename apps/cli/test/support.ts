import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { syntheticDigits, writeIdx, type DigitDataset } from 'gradus';
import { afterAll } from 'vitest';
import type { RunDescription, TrainingEvent, TrainingRequest } from '../src/training/protocol.js';

/** A request for a short run; what a test cares about is in `changes`. */
export function requestOf(changes: Partial<TrainingRequest>): TrainingRequest {
  return {
    model: 'softmax',
    device: 'cpu',
    threads: undefined,
    dataset: undefined,
    dataDirectory: undefined,
    steps: undefined,
    epochs: undefined,
    batchSize: undefined,
    learningRate: undefined,
    seed: 0,
    ...changes,
  };
}

/** A run as its `started` event describes it. */
export function runOf(changes: Partial<RunDescription> = {}): RunDescription {
  return {
    model: 'softmax',
    device: 'cpu',
    threads: 1,
    dataset: 'mnist',
    trainExamples: 60_000,
    testExamples: 10_000,
    steps: 4,
    batchSize: 100,
    seed: 0,
    parameters: 7850,
    ...changes,
  };
}

/** An event of as many steps as there are losses, each with that accuracy and time. */
export function stepsOf(losses: readonly number[], accuracy = 0.5, time = 10): TrainingEvent {
  return {
    type: 'steps',
    losses,
    accuracies: losses.map(() => accuracy),
    milliseconds: losses.map(() => time),
  };
}

const temporaryDirectories: string[] = [];
afterAll(() => {
  for (const directory of temporaryDirectories) rmSync(directory, { recursive: true });
});

/** A new empty directory, removed when the tests of the file have run. */
export function temporaryDirectory(): string {
  const directory = mkdtempSync(join(tmpdir(), 'gradus-cli-'));
  temporaryDirectories.push(directory);
  return directory;
}

/** A data directory with a few drawn digits in the files of MNIST. */
export function digitsDirectory(train = 200, test = 60): string {
  const directory = temporaryDirectory();
  const digits = syntheticDigits({ train, test });
  writeDigits(directory, 'train', digits.train);
  writeDigits(directory, 't10k', digits.test);
  return directory;
}

function writeDigits(directory: string, name: string, digits: DigitDataset): void {
  const { images, labels } = digits.all();
  const pixels = Uint8Array.from(images.data, (ink) => Math.round(255 * ink));
  const write = (kind: string, shape: readonly number[], data: Uint8Array) =>
    writeFileSync(
      join(directory, `${name}-${kind}-ubyte`),
      writeIdx({ dtype: 'uint8', shape, data }),
    );
  write('images-idx3', [labels.data.length, 28, 28], pixels);
  write('labels-idx1', [labels.data.length], Uint8Array.from(labels.data));
}

/** What a process left behind. */
export interface Completed {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

const packageFolder = resolve(import.meta.dirname, '..');

/** The command's file. */
export const bin = join(packageFolder, 'bin/gradus.js');

/** How a process is started and watched. */
export interface RunOptions {
  readonly environment?: Readonly<Record<string, string>>;
  /** Called with all of the standard output so far, and with what signals the process. */
  readonly onOutput?: (stdout: string, kill: (signal: NodeJS.Signals) => void) => void;
}

/** Runs a program to its end; by default without the data directory of whoever runs the tests. */
export async function run(
  program: string,
  args: readonly string[],
  { environment = {}, onOutput }: RunOptions = {},
): Promise<Completed> {
  const { GRADUS_DATA_DIR: _, ...inherited } = process.env;
  const child = spawn(program, args, {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...inherited, ...environment },
  });
  let [stdout, stderr] = ['', ''];
  child.stdout.on('data', (piece: Buffer) => {
    stdout += piece.toString();
    onOutput?.(stdout, (signal) => child.kill(signal));
  });
  child.stderr.on('data', (piece: Buffer) => (stderr += piece.toString()));
  const status = await new Promise<number | null>((done, failed) => {
    child.on('close', done);
    child.on('error', failed);
  });
  return { status, stdout, stderr };
}

/** Runs the built command. */
export async function gradus(args: readonly string[], options?: RunOptions): Promise<Completed> {
  return run(process.execPath, [bin, ...args], options);
}

/** Standard output as the objects of its JSON lines. */
export function jsonLines({ stdout }: Pick<Completed, 'stdout'>): Record<string, unknown>[] {
  return stdout
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as Record<string, unknown>);
}
