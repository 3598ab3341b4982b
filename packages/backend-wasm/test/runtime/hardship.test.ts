import { writeFile } from 'node:fs/promises';
import {
  DeviceError,
  DeviceLostError,
  OutOfMemoryError,
  type BufferHandle,
  type Kernel,
  type Plan,
} from '@gradus/core/backend';
import { describe, expect, it, onTestFinished } from 'vitest';
import { WasmBackend } from '../../src/backend.js';
import { buildPackage } from '../support/package.js';
import {
  accumulation,
  length,
  product,
  thousandKernels,
  throughArena,
  trap,
} from '../support/plans.js';

const { worker, folder } = await buildPackage();

async function makeBackend(threads: number, maximumMemory?: number, script = worker) {
  const backend = await WasmBackend.create({ threads, maximumMemory, worker: script });
  onTestFinished(() => backend.dispose());
  return backend;
}

function filled(backend: WasmBackend, value: number): BufferHandle {
  const handle = backend.allocate(4 * length);
  backend.write(handle, new Uint8Array(new Float32Array(length).fill(value).buffer));
  return handle;
}

async function contents(backend: WasmBackend, handle: BufferHandle): Promise<Set<number>> {
  const bytes = await backend.read(handle, 4 * length);
  return new Set(new Float32Array(bytes.buffer));
}

const none = new Float64Array();
const twice = Float64Array.of(2);

describe.each([1, 2])('with %i threads', (threads) => {
  it('a plan of a thousand kernels', async () => {
    const backend = await makeBackend(threads);
    const executable = await backend.compile(thousandKernels);
    const [input, output] = [filled(backend, 5), backend.allocate(4 * length)];
    await executable.run([input], [output], none);
    expect(await contents(backend, output)).toEqual(new Set([1005]));
  });

  it('a hundred runs at once, whose executable is disposed meanwhile', async () => {
    const backend = await makeBackend(threads);
    const executable = await backend.compile(accumulation.plan);
    const [sum, one] = [filled(backend, 0), filled(backend, 1)];
    const runs = Array.from({ length: 100 }, () => executable.run([sum, one], [], twice));
    executable.dispose();
    executable.dispose();
    backend.free(one);
    expect(await contents(backend, sum)).toEqual(new Set([200]));
    await Promise.all(runs);
    await expect(executable.run([sum, sum], [], twice)).rejects.toThrow('has been disposed');
  });

  it('handles of another device', async () => {
    const [backend, other] = [await makeBackend(threads), await makeBackend(threads)];
    const executable = await backend.compile(accumulation.plan);
    const [sum, one] = [filled(backend, 1), filled(other, 1)];
    await expect(executable.run([sum, one], [], twice)).rejects.toThrow(
      'run (input 1): this handle',
    );
    await expect(other.read(sum, 4)).rejects.toThrow(DeviceError);
    expect(() => other.write(sum, new Uint8Array(4))).toThrow(DeviceError);
    expect(() => other.free(sum)).toThrow(DeviceError);
    expect(await contents(backend, sum)).toEqual(new Set([1]));
  });

  it('memory that runs out again and again', async () => {
    const backend = await makeBackend(threads, 2 ** 20);
    const { plan } = throughArena(2 ** 18);
    const executable = await backend.compile(plan);
    const [input, other] = [filled(backend, 7), filled(backend, 3)];
    const room = 2 ** 19;
    backend.free(backend.allocate(room));
    const before = backend.memory();
    const { plan: large } = throughArena(2 ** 20);
    const kernels = [{ ...plan.kernels[0], kind: 'none' } as unknown as Kernel];
    const wrong: Plan = { ...plan, kernels };
    // Each would keep at least 64 bytes.
    for (let time = 0; time < 5000; time++) {
      await expect(backend.compile(wrong)).rejects.toThrow();
    }
    for (let time = 0; time < 20; time++) {
      expect(() => backend.allocate(2 ** 20)).toThrow(OutOfMemoryError);
      await expect(backend.compile(large)).rejects.toThrow(
        /1048576 bytes for the arena of intermediates.*may grow to 1048576/,
      );
      // The kernels need megabytes.
      const multiplication = await backend.compile(product.plan);
      const output = backend.allocate(4 * length);
      const run = multiplication.run([input, other], [output], twice);
      await expect(run).rejects.toMatchObject({ code: 'OUT_OF_MEMORY' });
      multiplication.dispose();
      backend.free(output);
    }
    const { buffers, bytes, arenaBytes } = backend.memory();
    expect({ buffers, bytes, arenaBytes }).toEqual({
      buffers: before.buffers,
      bytes: before.bytes,
      arenaBytes: before.arenaBytes,
    });
    const output = backend.allocate(room);
    await executable.run([input, other], [output], twice);
    expect(await contents(backend, output)).toEqual(new Set([8]));
  });

  it('disposal while there is something to wait for', async () => {
    const backend = await makeBackend(threads);
    const executable = await backend.compile(thousandKernels);
    const [input, output] = [filled(backend, 1), backend.allocate(4 * length)];
    const pending = [
      backend.compile(thousandKernels),
      ...[1, 2, 3].map(() => executable.run([input], [output], none)),
      backend.read(output, 4),
      backend.synchronize(),
    ];
    backend.write(input, new Uint8Array(4));
    backend.free(input);
    executable.dispose();
    backend.dispose();
    backend.dispose();
    const outcomes = await Promise.allSettled(pending);
    // What a calling thread computes has been computed; nothing is left pending, or wrong.
    const [compiling, ...others] = outcomes.map(({ status }) => status);
    expect(compiling).toBe('rejected');
    if (threads > 1) expect(new Set(others)).toEqual(new Set(['rejected']));
    for (const outcome of outcomes) {
      if (outcome.status === 'rejected') expect(outcome.reason).toBeInstanceOf(DeviceError);
    }
    expect(() => backend.allocate(1)).toThrow('has been disposed');
    await expect(backend.compile(thousandKernels)).rejects.toThrow('has been disposed');
  });
});

describe('a thread', () => {
  it('that fails while others wait at the barrier makes the device lost', async () => {
    const backend = await makeBackend(3);
    const executable = await backend.compile(trap);
    const [input, output] = [filled(backend, 1), backend.allocate(4 * length)];
    const runs = [1, 2].map(() => executable.run([input], [output], none));
    for (const run of runs) await expect(run).rejects.toBeInstanceOf(DeviceLostError);
    expect((await backend.lost).message).toMatch(/thread [12] failed \(.*out of bounds/);
    await expect(backend.read(output, 4)).rejects.toBeInstanceOf(DeviceLostError);
  });

  it('that fails to start leaves the work to the calling one', async () => {
    const script = new URL('unwilling.js', folder);
    await writeFile(
      script,
      `import { parentPort } from 'node:worker_threads';
       parentPort.on('message', ({ thread }) => {
         if (thread === 1) throw new Error('not today');
       });
       await import('./worker.js');`,
    );
    const backend = await makeBackend(2, undefined, script);
    expect(backend.capabilities.threads.count).toBe(1);
    expect(backend.capabilities.threads.reason).toMatch(/workers did not start.*not today/);
    const executable = await backend.compile(accumulation.plan);
    const [sum, one] = [filled(backend, 0), filled(backend, 1)];
    await executable.run([sum, one], [], twice);
    expect(await contents(backend, sum)).toEqual(new Set([2]));
  });
});
