import * as autograd from '@gradus/autograd';
import * as backendCpu from '@gradus/backend-cpu';
import * as backendWasm from '@gradus/backend-wasm';
import * as core from '@gradus/core';
import * as data from '@gradus/data';
import * as layers from '@gradus/layers';
import * as mnist from '@gradus/mnist';
import * as models from '@gradus/models';
import * as optim from '@gradus/optim';
import { describe, expect, it } from 'vitest';
import * as gradus from '../src/index.js';

describe('gradus', () => {
  const packages = {
    ...{ autograd, backendCpu, backendWasm, core, data, layers, mnist, models, optim },
  };
  it.each(Object.entries(packages))('has everything that %s has', (_, exported) => {
    expect(gradus).toMatchObject(exported);
  });

  it('opens a device that computes, and says why this one', async () => {
    const { device, reason } = await gradus.autoDevice();
    gradus.setDefaultDevice(device);
    expect(await gradus.tensor([1, 2, 3]).sum().item()).toBe(6);
    expect(reason).toContain('backend');
  });
});
