import { compile, conv2dFilterGradient, inspectPlan, type Device, type Tensor } from '@gradus/core';
import { describe, expect, it, onTestFinished } from 'vitest';
import { wasm, wasmSync } from '../../src/index.js';
import { buildPackage } from '../support/package.js';

const { worker } = await buildPackage();

/** A product, maps, sums along both axes, and a gradient of filters, whose kernel has two stages. */
const program = (x: Tensor): Tensor => {
  const rows = x
    .matMul(x.transpose())
    .sub(x.mean(1, { keepDims: true }))
    .exp();
  const images = rows.div(rows.sum(0, { keepDims: true })).reshape([1, 4, 30, 30]);
  const padding = { top: 1, bottom: 1, left: 1, right: 1 };
  const pairs = { kernel: [3, 3], stride: [1, 1], dilation: [1, 1] } as const;
  const window = { ...pairs, padding, groups: 1 };
  return conv2dFilterGradient(images, images.square(), [4, 4, 3, 3], window);
};
const [shape, runs] = [[60, 60], 5];
const input = { data: Float32Array.from({ length: 3600 }, (_, i) => Math.sin(i)), shape };

async function opened(threads: number, profile: boolean): Promise<Device> {
  const device = await wasm({ threads, profile, worker });
  onTestFinished(() => device.dispose());
  return device;
}

describe('profile', () => {
  it.each([1, 2])('gives the time of each kernel, with %i threads', async (threads) => {
    const step = compile(program, { device: await opened(threads, true) });
    for (let run = 0; run < runs; run++) await step(input);
    const { plan, profile } = await step.compiled(input);
    expect(profile!.map(({ kind, name }) => ({ kind, name }))).toEqual(
      plan.kernels.map(({ kind, name }) => ({ kind, name })),
    );
    for (const { calls, milliseconds, waitMilliseconds } of profile!) {
      expect(calls).toBe(runs);
      expect(milliseconds).toBeGreaterThan(0);
      expect(waitMilliseconds).toBeGreaterThanOrEqual(0);
      expect(milliseconds).toBeGreaterThanOrEqual(waitMilliseconds);
    }
    expect(inspectPlan(plan, profile)).toMatch(/^1\. \w+ .* {2}[\d.]+ ms \([\d.]+%\)$/m);
  });

  it('changes no number', async () => {
    const plain = compile(program, { device: wasmSync() });
    const measured = compile(program, { device: wasmSync({ profile: true }) });
    const [one, other] = [await plain(input), await measured(input)];
    expect(one.dataSync()).toEqual(other.dataSync());
  });

  it('leaves no trace in the plans of devices without it', async () => {
    const plain = await compile(program, { device: await opened(2, false) }).compiled(input);
    const measured = await compile(program, { device: await opened(2, true) }).compiled(input);
    expect(plain.profile).toBeUndefined();
    expect(plain.source.join('')).toContain('(func $run');
    expect(plain.source.join('')).not.toContain('"now"');
    expect(measured.source.join('')).toContain('(import "host" "now"');
    expect(measured.profile!.every(({ calls }) => calls === 0)).toBe(true);
    expect(inspectPlan(measured.plan, measured.profile)).toContain('(has not run)');
  });

  it('gives its memory back', () => {
    const { backend } = wasmSync({ profile: true, maximumMemory: 1 << 17 });
    const plan = compile(program, { device: wasmSync() }).plan(input);
    for (let count = 0; count < 2000; count++) {
      const executable = backend.compileSync!({ ...plan, kernels: [] });
      expect(executable.profile!()).toEqual([]);
      executable.dispose();
    }
  });
});
