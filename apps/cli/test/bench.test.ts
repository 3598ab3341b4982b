import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { workloads } from '@gradus/workloads';
import { describe, expect, it } from 'vitest';
import { gradus, jsonLines, temporaryDirectory } from './support.js';

// The built command, with the smallest of the workloads.

const bench = (...args: string[]) => gradus(['bench', '--rounds', '2', ...args]);

describe('gradus bench', () => {
  it('--json prints a line for each workload, which all devices agree on', async () => {
    const results = [];
    for (const [device, threads] of [
      ['cpu', 1],
      ['wasm', 1],
      ['wasm', 2],
    ] as const) {
      const options = ['--device', device, '--threads', String(threads), '--json'];
      const completed = await bench('matmul-dense', 'step-mlp', ...options);
      expect(completed).toMatchObject({ status: 0, stderr: '' });
      const lines = jsonLines(completed);
      expect(lines).toEqual(
        ['matmul-dense', 'step-mlp'].map((name) => ({
          event: 'result',
          name,
          device,
          threads,
          ms: expect.any(Number),
          bestMs: expect.any(Number),
          gflops: expect.any(Number),
          checksum: expect.any(Number),
          rounds: 2,
        })),
      );
      results.push(lines.map(({ checksum }) => checksum as number));
    }
    const [[product, loss]] = results as [[number, number]];
    for (const [otherProduct, otherLoss] of results) {
      expect(otherProduct).toBeCloseTo(product, 1);
      expect(otherLoss).toBeCloseTo(loss, 2);
    }
  });

  it.each(['cpu', 'wasm'])('--profile shows all kernels on %s', async (device) => {
    const options = ['--device', device, '--profile'];
    const json = jsonLines(await bench('step-mlp', ...options, '--json'));
    const kernels = json.filter(({ event }) => event === 'kernel');
    expect(kernels.length).toBeGreaterThan(10);
    expect(kernels.map(({ position }) => position)).toEqual(kernels.map((_, at) => at + 1));
    for (const kernel of kernels) {
      expect(kernel).toMatchObject({ name: 'step-mlp', calls: 2, kind: expect.any(String) });
      expect(kernel['ms']).toBeGreaterThanOrEqual(kernel['waitMs'] as number);
    }
    const total = kernels.reduce((sum, { ms }) => sum + (ms as number), 0);
    expect(total).toBeGreaterThan(0);
    expect(json.at(-1)).toMatchObject({ event: 'result', name: 'step-mlp' });

    const { status, stdout } = await bench('step-mlp', ...options);
    expect(status).toBe(0);
    const [headline, result, heading, ...rows] = stdout.trimEnd().split('\n');
    expect(headline).toMatch(new RegExp(`^Timing on ${device} \\(\\d+ threads?\\): medians of 2`));
    expect(result).toMatch(/^step-mlp +[\d.]+ ms +[\d.]+ GFLOP\/s +best .* ms +checksum [\d.]+$/);
    expect(heading).toContain(`${kernels.length} kernels, `);
    expect(rows).toHaveLength(kernels.length);
    const times = rows.map((row) => Number(/^ *([\d.]+) ms +[\d.]+% /.exec(row)![1]));
    expect(times).toEqual(times.toSorted((a, b) => b - a));
  });

  it('--source writes the code of a plan', async () => {
    const file = join(temporaryDirectory(), 'product.wat');
    const completed = await bench('matmul-dense', '--device', 'wasm', '--source', file);
    expect(completed).toMatchObject({ status: 0, stderr: '' });
    expect(readFileSync(file, 'utf8')).toMatch(/^\(module\n[^]*\(func \$run/);
  });

  it('--list shows what can be timed', async () => {
    const lines = jsonLines(await gradus(['bench', '--list', '--json']));
    expect(lines).toEqual(
      workloads.map(({ name, description }) => ({ event: 'workload', name, description })),
    );
    const { stdout } = await gradus(['bench', '--list']);
    expect(stdout).toMatch(/^step-lenet +a training step, batch 250: 24@5×5, pool/m);
  });

  it.each([
    [
      ['step-lenett'],
      'Unknown workload "step-lenett". Did you mean step-lenet? Choose from: matmul-256, matmul-512',
    ],
    [['step-mlp', '--source', 'plan.wat', 'step-lenet'], 'name one instead of 2'],
    [['--source', 'plan.wat'], 'name one instead of all'],
    [['--source', ''], '--source needs the path of a file'],
    [['--rounds', '0'], '--rounds must be a positive whole number'],
    [['step-mlp', '--device', 'cpu', '--threads', '2'], 'cpu cannot have 2 threads but 1'],
  ])('%j is a mistake in the call', async (args, message) => {
    const completed = await bench(...args);
    expect(completed).toMatchObject({ status: 2, stdout: '' });
    expect(completed.stderr).toContain(message);
  });
});
