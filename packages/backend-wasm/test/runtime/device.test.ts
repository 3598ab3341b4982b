import { DeviceError, OutOfMemoryError } from '@gradus/core/backend';
import { ones, setDefaultDevice, tensor, zeros } from '@gradus/core';
import { describe, expect, it } from 'vitest';
import { WasmBackend } from '../../src/backend.js';
import { completeLibrary } from '../../src/codegen/complete-library.js';
import { wasmSync } from '../../src/index.js';
import { Engine } from '../../src/runtime/engine.js';
import { ownMemory } from '../support/own-memory.js';

describe('memory', () => {
  it('has a ceiling, at which the device stays usable', () => {
    const backend = WasmBackend.createSync(completeLibrary, { maximumMemory: 1 << 20 });
    const first = backend.allocate(600_000);
    expect(() => backend.allocate(600_000)).toThrow(OutOfMemoryError);
    expect(() => backend.allocate(600_000)).toThrow(
      /600000 bytes for a buffer.*may grow to 1048576; 1 live buffers hold 600000 bytes/,
    );
    backend.free(first);
    const again = backend.allocate(600_000);
    backend.write(again, new Uint8Array([1, 2, 3]));
    expect([...backend.readSync(again, 3)]).toEqual([1, 2, 3]);
  });

  it('says what a ceiling must be', () => {
    expect(() => wasmSync({ maximumMemory: 10 })).toThrow(DeviceError);
    expect(() => wasmSync({ maximumMemory: 1.5e9 + 0.5 })).toThrow('maximumMemory must be a whole');
  });
});

describe('handles', () => {
  it('stay with their backend, and are freed once', () => {
    const [one, other] = [
      WasmBackend.createSync(completeLibrary),
      WasmBackend.createSync(completeLibrary),
    ];
    const buffer = one.allocate(8);
    expect(() => other.readSync(buffer, 8)).toThrow('not of a buffer that this WASM backend');
    expect(() => one.write(buffer, new Uint8Array(9))).toThrow('9 bytes do not fit a buffer of 8');
    expect(() => one.readSync(buffer, 9)).toThrow('9 bytes were asked of a buffer of 8');
    one.free(buffer);
    expect(() => one.free(buffer)).toThrow('has been freed');
    one.dispose();
    expect(() => one.allocate(1)).toThrow('has been disposed');
  });
});

describe('a plan', () => {
  it('prints as WebAssembly', async () => {
    const backend = WasmBackend.createSync(completeLibrary);
    const executable = backend.compileSync({
      buffers: [{ role: 'output', dtype: 'float32', length: 8, position: 0 }],
      scalars: ['float32'],
      arenaByteLength: 0,
      kernels: [
        {
          kind: 'map',
          name: 'fill',
          shape: [8],
          outputs: [{ buffer: 0, value: { op: 'scalar', dtype: 'float32', position: 0 } }],
        },
      ],
    });
    const output = backend.allocate(32);
    executable.runSync!([], [output], Float64Array.of(2.5));
    expect(new Float32Array(backend.readSync(output, 32).buffer)).toEqual(
      new Float32Array(8).fill(2.5),
    );
    expect((await executable.source!()).join()).toMatch(/\(func \$fill[^]*v128\.store/);
    expect(() => executable.runSync!([], [], Float64Array.of(1))).toThrow('has 1 outputs, but 0');
    executable.dispose();
    expect(() => executable.runSync!([], [output], Float64Array.of(1))).toThrow('disposed');
  });

  it('refuses dtypes that the device does not have', async () => {
    setDefaultDevice(wasmSync());
    await expect(ones([2], 'float64').add(1).data()).rejects.toThrow('does not compute in float64');
  });

  it('of nothing gives nothing', async () => {
    setDefaultDevice(wasmSync());
    expect([
      ...(await zeros([0, 3])
        .add(tensor([1, 2, 3]))
        .data()),
    ]).toEqual([]);
  });
});

describe('products', () => {
  const product = async (rows: number, depth: number, columns: number) => {
    setDefaultDevice(wasmSync());
    const left = ones([3, rows, depth]).mul(tensor([1, 2, 3]).reshape([3, 1, 1]));
    const right = ones([3, depth, columns]);
    const result = left.matMul(right).add(tensor([[0.5]]));
    return [...(await result.data())];
  };

  it('have what follows as an epilogue, batch by batch, with odd columns', async () => {
    const numbers = await product(5, 7, 11);
    const expected = [7.5, 14.5, 21.5].flatMap((value) => new Array<number>(55).fill(value));
    expect(numbers).toEqual(expected);
  });

  it('give the places of their epilogues back', () => {
    const memory = ownMemory(1 << 20);
    const engine = new Engine(memory, 1);
    const first = engine.reserve(2);
    const second = engine.reserve(1);
    expect([first, second]).toEqual([
      { offset: 0, length: 2 },
      { offset: 2, length: 1 },
    ]);
    engine.release(first);
    expect(engine.reserve(2)).toEqual(first);
    expect(engine.reserve(2).offset).toBe(3);
  });
});
