import * as autograd from '@gradus/autograd';
import * as backendCpu from '@gradus/backend-cpu';
import * as backendWasm from '@gradus/backend-wasm';
import * as backendWebgpu from '@gradus/backend-webgpu';
import * as core from '@gradus/core';
import * as data from '@gradus/data';
import * as layers from '@gradus/layers';
import * as mnist from '@gradus/mnist';
import * as models from '@gradus/models';
import * as optim from '@gradus/optim';
import { describe, expect, it, vi } from 'vitest';
import * as gradus from '../src/index.js';

describe('gradus', () => {
  const packages = {
    autograd,
    backendCpu,
    backendWasm,
    backendWebgpu,
    core,
    data,
    layers,
    mnist,
    models,
    optim,
  };
  it.each(Object.entries(packages))('has everything that %s has', (_, exported) => {
    expect(gradus).toMatchObject(exported);
  });

  it('opens a device that computes, and says why this one', async () => {
    const { device, reason } = await gradus.autoDevice();
    expect(device.name).toBe('wasm');
    expect(reason).toContain('WebAssembly');
    gradus.setDefaultDevice(device);
    expect(await gradus.tensor([1, 2, 3]).sum().item()).toBe(6);
    await expect(gradus.autoDevice({ threads: 0 })).rejects.toThrow(gradus.DeviceError);
    const single = await gradus.autoDevice({ threads: 1 });
    expect(single.device.capabilities.threads.count).toBe(1);
  });

  it('opens a device where there is no WebAssembly, or none with SIMD', async () => {
    try {
      vi.spyOn(WebAssembly, 'validate').mockReturnValue(false);
      const withoutSimd = await gradus.autoDevice();
      vi.stubGlobal('WebAssembly', undefined);
      const without = await gradus.autoDevice();
      expect([withoutSimd, without]).toMatchObject([
        { device: { name: 'cpu' }, reason: expect.stringContaining('has no 128-bit SIMD') },
        { device: { name: 'cpu' }, reason: expect.stringContaining('there is no WebAssembly') },
      ]);
      await expect(gradus.wasm()).rejects.toThrow('wasm: there is no WebAssembly here.');
      expect(() => gradus.wasmSync()).toThrow(gradus.DeviceError);
    } finally {
      vi.unstubAllGlobals();
      vi.restoreAllMocks();
    }
  });
});
