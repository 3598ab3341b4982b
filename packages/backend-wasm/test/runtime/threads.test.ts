import { compile, tensor, type Device, type Tensor } from '@gradus/core';
import { DeviceError, DeviceLostError } from '@gradus/core/backend';
import { describe, expect, it, onTestFinished } from 'vitest';
import { WasmBackend } from '../../src/backend.js';
import { wasm, wasmSync } from '../../src/index.js';
import { endlessPlan } from '../support/endless-plan.js';
import { mortal } from '../support/mortal.js';
import { buildPackage } from '../support/package.js';

const { worker, folder, workerAfter } = await buildPackage();

async function device(threads: number, maximumMemory?: number): Promise<Device> {
  const made = await wasm({ threads, maximumMemory, worker });
  onTestFinished(() => made.dispose());
  return made;
}

async function backend(threads: number, script = worker): Promise<WasmBackend> {
  const made = await WasmBackend.create({ threads, worker: script });
  onTestFinished(() => made.dispose());
  return made;
}

/** A script of workers, of which one ends when it is told to run a plan. */
const mortalWorker = (thread: number): Promise<URL> =>
  workerAfter(`mortal${thread}`, mortal(thread));

const numbers = (length: number, seed = 1): Float32Array =>
  Float32Array.from({ length }, (_, index) => Math.sin(seed + index * 0.37));

/** Maps and reductions along both axes, large enough for every thread to have its part. */
const mixed = (x: Tensor): Tensor => {
  const rows = x.sub(x.mean(1, { keepDims: true })).exp();
  return rows.div(rows.sum(0, { keepDims: true })).add(x.transpose().sum(0).reshape([-1, 1]));
};

describe('threads', () => {
  it('are counted, with the reason why there are not more', async () => {
    expect((await device(2)).capabilities.threads).toEqual({
      count: 2,
      reason: 'the option threads is 2',
    });
    expect((await device(1)).capabilities).toMatchObject({
      synchronous: true,
      threads: { count: 1, reason: 'the option threads is 1' },
    });
    await expect(wasm({ threads: 0 })).rejects.toThrow(DeviceError);
    await expect(wasm({ threads: 1.5 })).rejects.toThrow('from 1 to 256, got 1.5');
    await expect(wasm({ threads: 257 })).rejects.toThrow(DeviceError);
  });

  it('are one where workers do not start', async () => {
    const made = await wasm({ threads: 2, worker: new URL('missing.js', folder) });
    expect(made.capabilities.threads.count).toBe(1);
    expect(made.capabilities.threads.reason).toMatch(/workers did not start.*missing\.js/);
    expect(made.capabilities.synchronous).toBe(true);
  });

  it('leave what waits for them to promises', async () => {
    const threaded = await backend(2);
    expect(threaded.capabilities.synchronous).toBe(false);
    expect(() => threaded.compileSync(endlessPlan)).toThrow('use the asynchronous twin');
    expect(() => threaded.readSync(threaded.allocate(4), 4)).toThrow(DeviceError);
  });

  it('of two devices work at the same time', async () => {
    const steps = [await device(2), await device(2)].map((each) =>
      compile(mixed, { device: each }),
    );
    const inputs = Array.from({ length: 10 }, (_, seed) => ({
      data: numbers(64 * 64, seed),
      shape: [64, 64],
    }));
    const [one, other] = await Promise.all(
      steps.map((step) => Promise.all(inputs.map(async (input) => (await step(input)).data()))),
    );
    expect(one).toEqual(other);
  });

  it('run a plan of a thousand nodes', async () => {
    const chain = (x: Tensor): Tensor => {
      let y = x;
      for (let count = 0; count < 250; count++) y = y.sub(y.sum(0).mul(0.01)).add(y.max(0));
      return y;
    };
    const input = { data: numbers(64 * 40), shape: [64, 40] };
    const together = await compile(chain, { device: await device(2) })(input);
    const alone = await compile(chain, { device: wasmSync() })(input);
    expect(await together.data()).toEqual(await alone.data());
  });

  it('leave tensors without elements empty', async () => {
    const step = compile((x: Tensor) => x.add(1), { device: await device(2) });
    const result = await step({ data: new Float32Array(0), shape: [0, 3] });
    expect([...(await result.data())]).toEqual([]);
  });

  it('work on when memory was short', async () => {
    const small = await device(2, 1 << 20);
    const double = compile((x: Tensor) => x.mul(2), { device: small });
    await expect(double(new Float32Array(200_000))).rejects.toMatchObject({
      code: 'OUT_OF_MEMORY',
    });
    expect([...(await (await double([1, 2, 3])).data())]).toEqual([2, 4, 6]);
  });

  it('see memory that has grown', async () => {
    const growing = await device(2);
    for (const length of [1_000, 100_000, 3_000_000]) {
      const x = tensor(new Float32Array(length).fill(0.5));
      const result = await compile((y: Tensor) => y.add(y), { device: growing })(x);
      expect((await result.data()).every((value) => value === 1)).toBe(true);
    }
  });
});

describe('a run that does not end', () => {
  it('leaves the event loop alone, and rejects when its device is disposed', async () => {
    const threaded = await backend(2);
    const executable = await threaded.compile(endlessPlan);
    const run = executable.run([], [threaded.allocate(4096)], new Float64Array());
    const read = threaded.read(threaded.allocate(4), 4);
    setTimeout(() => threaded.dispose(), 20);
    await expect(run).rejects.toThrow('has been disposed');
    await expect(read).rejects.toThrow('has been disposed');
    await expect(threaded.synchronize()).rejects.toThrow(DeviceError);
  });

  it.each([0, 1])('is lost when thread %i ends', async (thread) => {
    const threaded = await backend(2, await mortalWorker(thread));
    const executable = await threaded.compile(endlessPlan);
    const output = threaded.allocate(4096);
    const runs = [1, 2].map(() => executable.run([], [output], new Float64Array()));
    const outcomes = await Promise.allSettled(runs);
    const reason = await threaded.lost;
    expect(reason).toBeInstanceOf(DeviceLostError);
    expect(reason.message).toContain(`of its 2 threads, thread ${thread} failed`);
    expect(reason.message).toContain('exit code 7');
    expect(outcomes).toEqual(runs.map(() => ({ status: 'rejected', reason })));
    expect(() => threaded.allocate(4)).toThrow(DeviceLostError);
  });

  it('takes everything that waits on its device with it', async () => {
    const script = await mortalWorker(1);
    const doomed = await wasm({ threads: 2, worker: script });
    const step = compile((x: Tensor) => x.mul(2), { device: doomed });
    const results = await Promise.allSettled([step(numbers(9000)), step(numbers(9000, 2))]);
    for (const result of results) {
      expect(result).toMatchObject({ status: 'rejected', reason: { code: 'DEVICE_LOST' } });
    }
    await expect(tensor([1]).to(doomed)).rejects.toMatchObject({ code: 'DEVICE_LOST' });
  });
});
