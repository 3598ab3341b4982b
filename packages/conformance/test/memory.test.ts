import { CpuBackend } from '@gradus/backend-cpu';
import { compile, type Tensor } from '@gradus/core';
import { expect, it } from 'vitest';
import { delayed } from './support/wrap.js';

it('results that stay on a device and that nobody disposes of are collected in time', async () => {
  const device = delayed(new CpuBackend(), { hostMemory: false });
  const double = compile((x: Tensor, count: Tensor) => x.mul(count), { device });
  const mebibyte = new Float32Array(2 ** 18);
  for (let count = 0; count < 600; count++) await double(mebibyte, count);
  expect(device.memory().peakBytes).toBeLessThan(200 * 2 ** 20);
  device.dispose();
});
