import { DeviceError, OutOfMemoryError } from '@gradus/core/backend';
import { expect, it, onTestFinished } from 'vitest';
import { WebGpuBackend } from '../../src/backend.js';
import { describeOnGpu } from '../support/gpu.js';
import { accumulationPlan, additionPlan, contents, filled, none } from '../support/plans.js';

const length = 1024;

/** A device of this test alone, so that it may be made to misbehave. */
async function ownDevice(gpu: GPU): Promise<{ device: GPUDevice; backend: WebGpuBackend }> {
  const adapter = await gpu.requestAdapter();
  const { maxBufferSize, maxStorageBufferBindingSize } = adapter!.limits;
  const device = await adapter!.requestDevice({
    requiredLimits: { maxBufferSize, maxStorageBufferBindingSize },
  });
  const uncaptured: string[] = [];
  device.addEventListener('uncapturederror', ({ error }) => uncaptured.push(error.message));
  const backend = await WebGpuBackend.create({ device, selfTest: false });
  onTestFinished(() => {
    backend.dispose();
    device.destroy();
    expect(uncaptured).toEqual([]);
  });
  return { device, backend };
}

/** Lets no buffer of at least that size have memory: a scope hears of it as of a full GPU. */
function limitMemory(device: GPUDevice, size: number): void {
  const createBuffer = device.createBuffer.bind(device);
  const popErrorScope = device.popErrorScope.bind(device);
  let refused = false;
  device.createBuffer = (descriptor) => {
    refused = descriptor.size >= size;
    if (!refused) return createBuffer(descriptor);
    device.pushErrorScope('validation');
    // Nothing may be mapped for reading and be storage as well.
    const invalid = createBuffer({ ...descriptor, size: 16, usage: 1 | 128 });
    void popErrorScope();
    return Object.defineProperty(invalid, 'size', { value: descriptor.size });
  };
  device.popErrorScope = async () => {
    const full = refused;
    refused = false;
    const error = await popErrorScope();
    return full ? { message: 'the GPU is full' } : error;
  };
}

await describeOnGpu('a device without memory', (gpu) => {
  const large = 2 ** 20;

  it.each(['input', 'output', 'write', 'read'] as const)(
    'fails who uses the buffer as %s, and computes on',
    async (use) => {
      const { device, backend } = await ownDevice(gpu);
      const executable = await backend.compile(additionPlan(length));
      const input = filled(backend, length, 1);
      const output = backend.allocate(4 * length);
      limitMemory(device, large);
      const lacking = backend.allocate(large);
      const message =
        /^Could not allocate 1048576 bytes \(the GPU is full\): 3 live buffers hold 1056768 bytes/;
      const error = { code: 'OUT_OF_MEMORY', message: expect.stringMatching(message) as string };
      if (use === 'input') {
        const run = executable.run([lacking], [output], Float64Array.of(1));
        await expect(run).rejects.toMatchObject(error);
      } else if (use === 'output') {
        const run = executable.run([input], [lacking], Float64Array.of(1));
        await expect(run).rejects.toMatchObject(error);
      } else {
        if (use === 'write') backend.write(lacking, new Uint8Array(16));
        await expect(backend.read(lacking, 16)).rejects.toMatchObject(error);
      }
      await expect(backend.read(lacking, 16)).rejects.toBeInstanceOf(OutOfMemoryError);
      backend.free(lacking);
      // Nobody gets that memory again, and small buffers are there as before.
      await expect(backend.read(backend.allocate(large), 16)).rejects.toMatchObject(error);
      await executable.run([input], [output], Float64Array.of(2));
      expect(await contents(backend, output, length)).toEqual([3]);
    },
  );

  it('does not compile a plan whose arena has no room, and compiles smaller ones', async () => {
    const { device, backend } = await ownDevice(gpu);
    const executable = await backend.compile(additionPlan(length));
    limitMemory(device, large);
    await expect(backend.compile(additionPlan(large))).rejects.toMatchObject({
      code: 'OUT_OF_MEMORY',
      message: expect.stringContaining('Could not allocate 4194304 bytes') as string,
    });
    const [input, output] = [filled(backend, length, 1), backend.allocate(4 * length)];
    await executable.run([input], [output], Float64Array.of(2));
    expect(await contents(backend, output, length)).toEqual([3]);
    expect(backend.memory().arenaBytes).toBe(4 * length);
  });

  it('says so before it asks for a buffer larger than any', async () => {
    const { device, backend } = await ownDevice(gpu);
    const { maxStorageBufferBindingSize, maxBufferSize } = device.limits;
    const largest = Math.min(maxStorageBufferBindingSize, maxBufferSize);
    expect(backend.capabilities.maximumBufferByteLength).toBe(largest);
    expect(() => backend.allocate(largest + 1)).toThrow(
      new RegExp(`${largest + 1} bytes, which are more than one buffer of this adapter can have`),
    );
    expect(() => backend.allocate(largest + 1)).toThrow(OutOfMemoryError);
    expect(backend.memory().buffers).toBe(0);
  });
});

await describeOnGpu('WebGPU refuses', (gpu) => {
  it('a shader, by the name of its kernel and the line; the next plan compiles', async () => {
    const { device, backend } = await ownDevice(gpu);
    const createShaderModule = device.createShaderModule.bind(device);
    device.createShaderModule = (descriptor) =>
      createShaderModule({ ...descriptor, code: `${descriptor.code}\nnonsense` });
    await expect(backend.compile(accumulationPlan(length))).rejects.toThrow(
      /^The shader of the kernel "accumulation" did not compile: line \d+: /,
    );
    await expect(backend.compile(accumulationPlan(length))).rejects.toBeInstanceOf(DeviceError);
    device.createShaderModule = createShaderModule;
    const executable = await backend.compile(accumulationPlan(length));
    const [sum, one] = [filled(backend, length, 1), filled(backend, length, 1)];
    await executable.run([sum, one], [], none);
    expect(await contents(backend, sum, length)).toEqual([2]);
  });

  it('a first run, by the name of the kernel and the sizes of its buffers', async () => {
    const { backend } = await ownDevice(gpu);
    const executable = await backend.compile(accumulationPlan(length));
    // What is read and what is written must be different buffers.
    const both = filled(backend, length, 1);
    await expect(executable.run([both, both], [], none)).rejects.toThrow(
      /^WebGPU did not run the kernel "accumulation" \(\d+ workgroups on 4096, 4096 bytes\): /,
    );
    expect(await contents(backend, both, length)).toEqual([1]);
    await executable.run([both, filled(backend, length, 2)], [], none);
    expect(await contents(backend, both, length)).toEqual([3]);
  });

  it('a later run, so that nobody reads what it did not write', async () => {
    const { backend } = await ownDevice(gpu);
    const executable = await backend.compile(accumulationPlan(length));
    const [sum, both] = [filled(backend, length, 1), filled(backend, length, 1)];
    await executable.run([sum, both], [], none);
    await executable.run([both, both], [], none);
    const refusal = /^WebGPU did not run the kernel "accumulation"/;
    await expect(backend.read(both, 4)).rejects.toThrow(refusal);
    await expect(executable.run([sum, both], [], none)).rejects.toThrow(refusal);
    expect(await contents(backend, sum, length)).toEqual([2]);
    backend.free(both);
  });
});
