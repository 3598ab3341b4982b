import { tensor } from '@gradus/core';
import { Device, DeviceError } from '@gradus/core/backend';
import { expect, it, onTestFinished } from 'vitest';
import { webgpu, WebGpuBackend, type WebGpuOptions } from '../../src/index.js';
import { describeOnGpu } from '../support/gpu.js';
import { accumulationPlan, additionPlan, contents, filled, none } from '../support/plans.js';

const length = 256;

async function opened(options: WebGpuOptions = {}): Promise<WebGpuBackend> {
  const backend = await WebGpuBackend.create(options);
  onTestFinished(() => backend.dispose());
  return backend;
}

async function sumOn(backend: WebGpuBackend): Promise<number[]> {
  const executable = await backend.compile(accumulationPlan(length));
  const [sum, two] = [filled(backend, length, 1), filled(backend, length, 2)];
  await executable.run([sum, two], [], none);
  return contents(backend, sum, length);
}

await describeOnGpu('a WebGPU device', (gpu) => {
  it('says what it computes on', async () => {
    const { adapter, capabilities } = await opened();
    const { info } = (await gpu.requestAdapter())!;
    expect(adapter.software).toBe(info.isFallbackAdapter);
    expect(adapter.vendor).toBe(info.vendor);
    expect(adapter.limits['maxComputeWorkgroupsPerDimension']).toBeGreaterThanOrEqual(65_535);
    expect(adapter.limits['maxBufferSize']).toBeGreaterThanOrEqual(2 ** 28);
    expect(capabilities.description).toContain(adapter.name);
    expect(capabilities.description!.includes('software')).toBe(adapter.software);
  });

  it.each<[string, object, RegExp]>([
    ['a device and an adapter', { device: {}, adapter: {} }, /not both/],
    ['a promise of a device', { device: Promise.resolve() }, /`device` must be a GPUDevice/],
    ['no device', { device: 7 }, /`device` must be a GPUDevice .*got 7/],
    ['no adapter', { adapter: 'fast' }, /`adapter` must be a GPUAdapter .*got fast/],
    ['no preference', { powerPreference: 'most' }, /'low-power' or 'high-performance', got most/],
  ])('refuses %s', async (_, options, message) => {
    const opening = webgpu(options);
    await expect(opening).rejects.toThrow(message);
    await expect(opening).rejects.toBeInstanceOf(DeviceError);
  });

  it('comes from an adapter that is given, once', async () => {
    const adapter = (await gpu.requestAdapter())!;
    expect(await sumOn(await opened({ adapter }))).toEqual([3]);
    await expect(WebGpuBackend.create({ adapter })).rejects.toThrow(/gives one only once/);
  });

  it('that is shared lives on when the backend is disposed, without its buffers', async () => {
    const device = await (await gpu.requestAdapter())!.requestDevice();
    onTestFinished(() => device.destroy());
    let lost = false;
    void device.lost.then(() => (lost = true));
    const before = await WebGpuBackend.create({ device });
    expect(await sumOn(before)).toEqual([3]);
    const buffer = filled(before, length, 1);
    before.dispose();
    expect(() => before.free(buffer)).toThrow('has been disposed');
    expect(await sumOn(await opened({ device }))).toEqual([3]);
    expect(lost).toBe(false);
  });

  it('computes beside another one, each on buffers of its own', async () => {
    const [one, other] = [await opened(), await opened()];
    expect(await Promise.all([sumOn(one), sumOn(other)])).toEqual([[3], [3]]);
    const executable = await one.compile(accumulationPlan(length));
    const [own, foreign] = [filled(one, length, 1), filled(other, length, 1)];
    await expect(executable.run([own, foreign], [], none)).rejects.toThrow(
      'run (input 1): this handle is not of a buffer that this WebGPU backend allocated',
    );
    expect(() => other.free(own)).toThrow(DeviceError);
    one.dispose();
    expect(await sumOn(other)).toEqual([3]);
  });

  it('disposed while there is something to wait for, rejects all of it', async () => {
    const backend = await opened();
    const executable = await backend.compile(additionPlan(length));
    const [input, output] = [filled(backend, length, 1), backend.allocate(4 * length)];
    const pending = [
      backend.compile(accumulationPlan(length)),
      ...[1, 2, 3, 4].map(() => executable.run([input], [output], Float64Array.of(1))),
      backend.read(output, 4),
      backend.synchronize(),
    ];
    backend.write(input, new Uint8Array(4));
    backend.free(input);
    executable.dispose();
    backend.dispose();
    backend.dispose();
    for (const outcome of await Promise.allSettled(pending)) {
      expect(outcome).toMatchObject({ status: 'rejected', reason: { code: 'DEVICE' } });
    }
    expect(() => backend.allocate(1)).toThrow('has been disposed');
    expect(backend.memory()).toMatchObject({ buffers: 0, bytes: 0, arenaBytes: 0 });
  });

  it('disposed by its user rejects what core waits for', async () => {
    const device = new Device(await opened());
    const x = await tensor([1, 2, 3]).to(device);
    const reading = x.mul(2).toArray();
    device.dispose();
    await expect(reading).rejects.toThrow('The device webgpu was disposed');
    await expect(x.mul(3).toArray()).rejects.toThrow('The device webgpu was disposed');
  });

  it('keeps many runs in order, whose buffers and executable go meanwhile', async () => {
    const backend = await opened();
    const executable = await backend.compile(accumulationPlan(length));
    const [sum, one] = [filled(backend, length, 0), filled(backend, length, 1)];
    const runs = Array.from({ length: 100 }, () => executable.run([sum, one], [], none));
    executable.dispose();
    backend.free(one);
    // The same memory, most likely: it is written when the runs have read it.
    filled(backend, length, 1000);
    // Temporaries of a larger plan take the place of the arena in use.
    await backend.compile(additionPlan(4 * length));
    expect(await contents(backend, sum, length)).toEqual([100]);
    await Promise.all(runs);
    await expect(executable.run([sum, sum], [], none)).rejects.toThrow('has been disposed');
  });

  it('uses buffers and their groups again, and writes scalars when they change', async () => {
    const backend = await opened();
    const executable = await backend.compile(additionPlan(length));
    const step = async (value: number, scalar: number): Promise<number[]> => {
      const input = filled(backend, length, value);
      const output = backend.allocate(4 * length);
      await executable.run([input], [output], Float64Array.of(scalar));
      const result = await contents(backend, output, length);
      backend.free(input);
      backend.free(output);
      return result;
    };
    for (const [value, scalar] of [
      [1, 2],
      [3, 2],
      [3, 5],
      [4, NaN],
      [4, NaN],
    ] as const) {
      expect(await step(value, scalar)).toEqual([value + scalar]);
    }
    const before = backend.statistics();
    for (let count = 0; count < 10; count++) expect(await step(count, 1)).toEqual([count + 1]);
    expect(backend.statistics()).toEqual({
      ...before,
      dispatches: before.dispatches + 20,
      submissions: before.submissions + 20,
    });
  });
});

await describeOnGpu('the self-test', (gpu) => {
  /** An adapter whose devices compile what `change` makes of shaders. */
  async function adapterWith(change: (code: string) => string): Promise<GPUAdapter> {
    const adapter = (await gpu.requestAdapter())!;
    const requestDevice = adapter.requestDevice.bind(adapter);
    adapter.requestDevice = async (descriptor) => {
      const device = await requestDevice(descriptor);
      const create = device.createShaderModule.bind(device);
      device.createShaderModule = (given) => create({ ...given, code: change(given.code) });
      return device;
    };
    return adapter;
  }

  it('finds a device that computes wrongly, unless it is switched off', async () => {
    const wrong = (code: string): string => code.replaceAll(' / ', ' + ');
    await expect(WebGpuBackend.create({ adapter: await adapterWith(wrong) })).rejects.toThrow(
      /^webgpu: .+ computes wrongly: a small test gave \[.*\] instead of \[/,
    );
    const off = { adapter: await adapterWith(wrong), selfTest: false };
    expect((await opened(off)).statistics().pipelines).toBe(0);
  });

  it('leaves nothing behind', async () => {
    const backend = await opened();
    expect(backend.memory()).toMatchObject({ buffers: 0, bytes: 0 });
    expect(backend.statistics().pipelines).toBeGreaterThan(2);
  });
});
