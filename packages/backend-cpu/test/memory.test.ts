import { describe, expect, it } from 'vitest';
import { DeviceError, OutOfMemoryError, type Backend } from '@gradus/core/backend';
import { CpuBackend } from '../src/index.js';
import { constant, index, load, operation, planOf } from './support/build.js';

const bytes = (...values: number[]): Uint8Array => Uint8Array.from(values);

describe('buffers', () => {
  it('are counted to the byte, with the peak', () => {
    const backend = new CpuBackend();
    expect(backend.memory()).toEqual({ buffers: 0, bytes: 0, arenaBytes: 0, peakBytes: 0 });
    const first = backend.allocate(13);
    const second = backend.allocate(100);
    backend.allocate(0);
    expect(backend.memory()).toEqual({ buffers: 3, bytes: 113, arenaBytes: 0, peakBytes: 113 });
    backend.free(second);
    backend.free(first);
    expect(backend.memory()).toEqual({ buffers: 1, bytes: 0, arenaBytes: 0, peakBytes: 113 });
  });

  it('keep what is written, and copy it both ways', async () => {
    const backend = new CpuBackend();
    const buffer = backend.allocate(4);
    const source = bytes(1, 2, 3);
    backend.write(buffer, source);
    source.fill(9);
    const read = await backend.read(buffer, 3);
    expect(read).toEqual(bytes(1, 2, 3));
    read.fill(9);
    expect(backend.readSync(buffer, 4)).toEqual(bytes(1, 2, 3, 0));
    expect(read.buffer.byteLength).toBe(3);
  });

  it('refuse what does not fit', async () => {
    const backend = new CpuBackend();
    const buffer = backend.allocate(4);
    expect(() => backend.write(buffer, bytes(1, 2, 3, 4, 5))).toThrow('5 bytes do not fit');
    expect(() => backend.readSync(buffer, 5)).toThrow('5 bytes were asked of a buffer of 4');
    await expect(backend.read(buffer, 5)).rejects.toThrow(DeviceError);
    for (const size of [-1, 1.5, NaN]) {
      expect(() => backend.allocate(size)).toThrow('a whole number of bytes');
    }
  });

  it('are freed once and not used after', () => {
    const backend = new CpuBackend();
    const buffer = backend.allocate(4);
    backend.free(buffer);
    expect(() => backend.free(buffer)).toThrow('free: this buffer of 4 bytes has been freed');
    expect(() => backend.write(buffer, bytes(1))).toThrow('write: this buffer of 4 bytes has been');
    expect(() => backend.readSync(buffer, 1)).toThrow(
      'read: this buffer of 4 bytes has been freed',
    );
    expect(backend.memory().buffers).toBe(0);
  });

  it('belong to one backend', () => {
    const backend = new CpuBackend();
    const foreign = new CpuBackend().allocate(4);
    for (const handle of [foreign, {}, new ArrayBuffer(4)]) {
      expect(() => backend.free(handle)).toThrow(DeviceError);
      expect(() => backend.readSync(handle, 1)).toThrow('not of a buffer that this CPU backend');
    }
  });

  it('have a largest size, and say so', () => {
    const backend = new CpuBackend();
    const limit = backend.capabilities.maximumBufferByteLength;
    expect(() => backend.allocate(limit + 1)).toThrow(OutOfMemoryError);
    expect(() => backend.allocate(limit + 1)).toThrow(`${limit + 1} bytes`);
    expect(backend.memory().bytes).toBe(0);
  });

  it('report what is held when the host has no more', () => {
    const backend = new CpuBackend();
    backend.allocate(10);
    const Original = globalThis.Uint8Array;
    class Exhausted extends Original {
      constructor() {
        super(0);
        throw new RangeError('Array buffer allocation failed');
      }
    }
    globalThis.Uint8Array = Exhausted;
    try {
      expect(() => backend.allocate(1000)).toThrow(
        'Could not allocate 1000 bytes for a buffer; 1 live buffers hold 10 bytes',
      );
    } finally {
      globalThis.Uint8Array = Original;
    }
  });
});

describe('the arena', () => {
  const planWith = (length: number) =>
    planOf(
      [
        { role: 'temporary', length },
        { role: 'output', length },
      ],
      [
        {
          kind: 'map',
          name: 'fill',
          shape: [length],
          outputs: [{ buffer: 0, value: operation('cast', 'float32', index(0)) }],
        },
        {
          kind: 'map',
          name: 'copy',
          shape: [length],
          outputs: [{ buffer: 1, value: load(0, index(0)) }],
        },
      ],
    );
  const runInto = (backend: Backend, length: number) => {
    const executable = backend.compileSync!(planWith(length));
    return () => {
      const output = backend.allocate(length * 4);
      executable.runSync!([], [output], new Float64Array(0));
      const numbers = new Float32Array(backend.readSync!(output, length * 4).buffer);
      backend.free(output);
      return numbers;
    };
  };

  it('grows to the largest plan, and plans compiled before go on working', () => {
    const backend = new CpuBackend();
    const small = runInto(backend, 10);
    expect(backend.memory().arenaBytes).toBe(256);
    expect(small()).toHaveLength(10);
    const large = runInto(backend, 1000);
    expect(backend.memory().arenaBytes).toBe(8192);
    expect(large()[999]).toBe(999);
    expect(small()[9]).toBe(9);
    expect(backend.memory()).toEqual({
      buffers: 0,
      bytes: 0,
      arenaBytes: 8192,
      peakBytes: 8192 + 4000,
    });
  });

  it('has a limit, too', () => {
    const backend = new CpuBackend();
    const plan = { ...planWith(1), arenaByteLength: 2 ** 40 };
    expect(() => backend.compileSync(plan)).toThrow(OutOfMemoryError);
    expect(() => backend.compileSync(plan)).toThrow('the arena of intermediates');
  });
});

describe('dispose', () => {
  it('frees everything, and later calls throw', async () => {
    const backend = new CpuBackend();
    const buffer = backend.allocate(8);
    const plan = planOf(
      [{ role: 'output', length: 1 }],
      [{ kind: 'map', name: 'one', shape: [], outputs: [{ buffer: 0, value: constant(1) }] }],
    );
    const executable = backend.compileSync(plan);
    backend.dispose();
    backend.dispose();
    expect(backend.memory()).toMatchObject({ buffers: 0, bytes: 0, arenaBytes: 0 });
    const message = 'This CPU backend has been disposed';
    expect(() => backend.allocate(1)).toThrow(message);
    expect(() => backend.free(buffer)).toThrow(message);
    expect(() => backend.readSync(buffer, 1)).toThrow(message);
    expect(() => backend.compileSync(plan)).toThrow(message);
    await expect(backend.synchronize()).rejects.toThrow(message);
    await expect(executable.run([], [buffer], new Float64Array(0))).rejects.toThrow(message);
  });
});
