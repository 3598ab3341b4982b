import { compile, Device, tensor, Variable, type Tensor } from '@gradus/core';
import { DeviceLostError, OutOfMemoryError } from '@gradus/core/backend';
import { describe, expect, it, onTestFinished } from 'vitest';
import { WasmBackend, type WasmOptions } from '../../src/backend.js';
import { endlessPlan } from '../support/endless-plan.js';
import { mortal } from '../support/mortal.js';
import { buildPackage } from '../support/package.js';
import { separateWorker } from '../support/separate-worker.js';

const { folder, worker, workerAfter } = await buildPackage();

async function open(options: WasmOptions = {}): Promise<WasmBackend> {
  const backend = await WasmBackend.createWith(separateWorker, { worker, ...options });
  onTestFinished(() => backend.dispose());
  return backend;
}

/** An engine that lets memories grow to so many pages and no further. */
const refusing = (pages: number): Promise<URL> =>
  workerAfter(
    `refusing${pages}`,
    `const { grow } = WebAssembly.Memory.prototype;
     WebAssembly.Memory.prototype.grow = function (delta) {
       const length = this.buffer.byteLength / 65536;
       if (length + delta > ${pages}) throw new RangeError('no more');
       return grow.call(this, delta);
     };`,
  );

describe('a worker with a memory of its own', () => {
  it('is said to be one, and cannot be waited for', async () => {
    const backend = await open();
    const { synchronous, description } = backend.capabilities;
    expect(synchronous).toBe(false);
    expect(description).toMatch(/, 1 thread, a worker$/);
    expect(() => backend.compileSync(endlessPlan)).toThrow('wasmSync()');
    expect(() => backend.readSync(backend.allocate(4), 4)).toThrow('asynchronous twin');
  });

  it('gives way to the calling thread where it does not start', async () => {
    const backend = await open({ worker: new URL('missing.js', folder) });
    expect(backend.capabilities.synchronous).toBe(true);
    expect(backend.capabilities.threads.reason).toMatch(/workers did not start.*missing\.js/);
  });

  it('keeps variables, and measures kernels', async () => {
    const device = new Device(await open({ profile: true }));
    const w = new Variable([1, 2, 3]);
    const step = compile((x: Tensor) => w.assign(w.value.add(x.sum())), { device });
    for (let count = 0; count < 5; count++) await step([count, 1]);
    expect([...(await w.data())]).toEqual([16, 17, 18]);
    const { profile } = await step.compiled([0, 1]);
    expect(profile!.map(({ calls }) => calls)).toContain(5);
  });

  it('ends a run with its device', async () => {
    const backend = await open();
    const executable = await backend.compile(endlessPlan);
    const run = executable.run([], [backend.allocate(4096)], new Float64Array());
    const read = backend.read(backend.allocate(4), 4);
    setTimeout(() => backend.dispose(), 20);
    await expect(run).rejects.toThrow('has been disposed');
    await expect(read).rejects.toThrow('has been disposed');
  });

  it('is lost when it ends', async () => {
    const backend = await open({ worker: await workerAfter('mortal', mortal(0)) });
    const executable = await backend.compile(endlessPlan);
    const output = backend.allocate(4096);
    const outcomes = await Promise.allSettled([
      executable.run([], [output], new Float64Array()),
      backend.read(output, 4),
    ]);
    const reason = await backend.lost;
    expect(reason).toBeInstanceOf(DeviceLostError);
    expect(reason.message).toContain(
      'the one thread, a worker, failed (it ended with exit code 7)',
    );
    expect(outcomes.map(({ status }) => status)).toEqual(['rejected', 'rejected']);
    expect(() => backend.allocate(4)).toThrow(DeviceLostError);
  });
});

describe('memory that the engine of a worker refuses', () => {
  const double = (device: Device) => compile((x: Tensor) => x.mul(2).add(1), { device });
  const ones = (length: number): Float32Array => new Float32Array(length).fill(1);

  it('is an error with sizes, which leaves the device usable', async () => {
    const backend = await open({ worker: await refusing(16) });
    const step = double(new Device(backend));
    const before = await step(ones(1000));
    await expect(step(ones(200_000))).rejects.toThrow(OutOfMemoryError);
    await expect(step(ones(200_000))).rejects.toThrow(
      /800000 bytes for a buffer.*may grow to \d+; .*live buffers/,
    );
    expect((await before.data())[0]).toBe(3);
    for (const length of [1000, 50_000, 1000]) {
      const values = await (await step(ones(length))).data();
      expect(values.every((value) => value === 3)).toBe(true);
    }
    expect(backend.memory()).toMatchObject({ buffers: 0, bytes: 0 });
  });

  it('never shows as numbers: what was written there cannot be read', async () => {
    const backend = await open({ worker: await refusing(16) });
    const lost = backend.allocate(2 ** 21);
    backend.write(lost, Uint8Array.of(1, 2, 3));
    const kept = backend.allocate(8);
    await expect(backend.read(lost, 2 ** 21)).rejects.toThrow(OutOfMemoryError);
    backend.free(lost);
    backend.free(kept);
    const again = backend.allocate(2 ** 19);
    backend.write(again, Uint8Array.of(4, 5));
    expect([...(await backend.read(again, 2))]).toEqual([4, 5]);
    expect(() => backend.allocate(2 ** 21)).toThrow(OutOfMemoryError);
  });

  it('takes places for intermediates with it, which plans then get elsewhere', async () => {
    const backend = await open({ worker: await refusing(24) });
    const device = new Device(backend);
    // The product of two sums has to be kept between two kernels.
    const step = compile((x: Tensor) => x.sub(x.max()).exp().sum(0, { keepDims: true }).mul(x), {
      device,
    });
    const square = (n: number) => ({ data: ones(n * n), shape: [n, n] });
    const expected = await (await step(square(100))).data();
    await expect(step(square(600))).rejects.toThrow(OutOfMemoryError);
    await expect(step(square(600))).rejects.toThrow(OutOfMemoryError);
    expect(await (await step(square(100))).data()).toEqual(expected);
    expect(await tensor([1, 2]).to(device)).toBeDefined();
  });
});
