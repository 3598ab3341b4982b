import { compile, inspectPlan, type Tensor } from '@gradus/core';
import { expect, it, onTestFinished } from 'vitest';
import { webgpu, type WebGpuOptions } from '../../src/index.js';
import { describeOnGpu } from '../support/gpu.js';

/** A product, maps and sums along both axes. */
const program = (x: Tensor): Tensor => {
  const rows = x.matMul(x.transpose()).sub(x.mean(1, { keepDims: true }));
  return rows.exp().div(rows.sum(0, { keepDims: true }));
};
const input = { data: Float32Array.from({ length: 3600 }, (_, i) => Math.sin(i)), shape: [60, 60] };

async function opened(options: WebGpuOptions) {
  const device = await webgpu(options);
  onTestFinished(() => device.dispose());
  return { device, step: compile(program, { device }) };
}

await describeOnGpu('profile', (gpu) => {
  it('gives the time of each kernel, over all runs', async () => {
    const { device, step } = await opened({ profile: true });
    if (!(await gpu.requestAdapter())!.features.has('timestamp-query')) {
      expect(device.capabilities.description).toContain('no timestamp-query');
      return;
    }
    for (let run = 0; run < 3; run++) await step(input);
    const { plan, profile } = await step.compiled(input);
    expect(profile!.map(({ kind, name }) => ({ kind, name }))).toEqual(
      plan.kernels.map(({ kind, name }) => ({ kind, name })),
    );
    for (const { calls, milliseconds, waitMilliseconds } of profile!) {
      expect(calls).toBe(3);
      expect(milliseconds).toBeGreaterThanOrEqual(0);
      expect(waitMilliseconds).toBe(0);
    }
    expect(profile!.some(({ milliseconds }) => milliseconds > 0)).toBe(true);
    expect(inspectPlan(plan, profile)).toMatch(/^1\. \w+ .* {2}[\d.]+ ms \([\d.]+%\)$/m);
  });

  it('changes no number', async () => {
    const [plain, measured] = [await opened({}), await opened({ profile: true })];
    const [one, other] = [await plain.step(input), await measured.step(input)];
    expect(await one.toArray()).toEqual(await other.toArray());
    expect((await plain.step.compiled(input)).profile).toBeUndefined();
  });

  it('is not to be had from a device without timestamp-query, which says so', async () => {
    const shared = await (await gpu.requestAdapter())!.requestDevice();
    onTestFinished(() => shared.destroy());
    const { device, step } = await opened({ device: shared, profile: true });
    await step(input);
    expect((await step.compiled(input)).profile).toBeUndefined();
    expect(device.capabilities.description).toMatch(/, which has no timestamp-query to measure/);
  });
});
