import { describe, expect, it } from 'vitest';
import { Device, DeviceError, type Kernel } from '@gradus/core/backend';
import { CpuBackend, cpu } from '../src/index.js';
import {
  constant,
  index,
  load,
  operation,
  planOf,
  reduced,
  scalar,
  strided,
} from './support/build.js';

const double = planOf(
  [
    { role: 'input', length: 2 },
    { role: 'output', length: 2 },
  ],
  [
    {
      kind: 'map',
      name: 'double',
      shape: [2],
      outputs: [{ buffer: 1, value: operation('mul', 'float32', load(0, index(0)), constant(2)) }],
    },
  ],
);

describe('an executable', () => {
  it('runs again and again on other buffers', async () => {
    const backend = new CpuBackend();
    const executable = await backend.compile(double);
    for (const values of [
      [1, 2],
      [3, 4],
    ]) {
      const input = backend.allocate(8);
      const output = backend.allocate(8);
      backend.write(input, new Uint8Array(Float32Array.from(values).buffer));
      await executable.run([input], [output], new Float64Array(0));
      const result = new Float32Array((await backend.read(output, 8)).buffer);
      expect([...result]).toEqual(values.map((value) => 2 * value));
      backend.free(input);
      backend.free(output);
    }
    executable.dispose();
    await expect(executable.run([], [], new Float64Array(0))).rejects.toThrow(
      'This executable has been disposed',
    );
  });

  it('notes how long kernels take, on backends that are asked to', () => {
    const backend = new CpuBackend({ profile: true });
    const executable = backend.compileSync(double);
    const [input, output] = [backend.allocate(8), backend.allocate(8)];
    for (let run = 0; run < 3; run++) executable.runSync([input], [output], new Float64Array(0));
    const milliseconds = expect.any(Number);
    expect(executable.profile()).toEqual([{ calls: 3, milliseconds, waitMilliseconds: 0 }]);
    expect(executable.profile()![0]!.milliseconds).toBeGreaterThan(0);
    expect(executable.source()[0]).toContain('// double');
    expect(new CpuBackend().compileSync(double).profile()).toBeUndefined();
  });

  it('says what is wrong with its arguments', () => {
    const backend = new CpuBackend();
    const executable = backend.compileSync(double);
    const [small, right, freed] = [backend.allocate(7), backend.allocate(8), backend.allocate(8)];
    backend.free(freed);
    const run =
      (inputs: object[], outputs: object[], scalars: number[] = []) =>
      () =>
        executable.runSync(inputs, outputs, Float64Array.from(scalars));
    expect(run([], [right])).toThrow('run: the plan has 1 inputs, but 0 were given.');
    expect(run([right], [])).toThrow('run: the plan has 1 outputs, but 0 were given.');
    expect(run([right], [backend.allocate(8)], [1])).toThrow('the plan has 0 scalars, but 1');
    expect(run([small], [right])).toThrow(
      'run: input 0 needs 8 bytes (2 of float32), but its buffer has 7.',
    );
    expect(run([right], [freed])).toThrow('run (output 0): this buffer of 8 bytes has been freed');
    expect(run([{}], [right])).toThrow(DeviceError);
  });

  it('shows its code', () => {
    const matMul = {
      kind: 'matMul',
      name: 'matMul + relu',
      dtype: 'float32',
      shape: [2, 3],
      depth: 4,
      left: { buffer: 0, offset: 0, batchStrides: [], rowStride: 4, columnStride: 1 },
      right: { buffer: 1, offset: 0, batchStrides: [], rowStride: 3, columnStride: 1 },
      outputs: [
        {
          buffer: 2,
          value: operation('relu', 'float32', operation('add', 'float32', reduced(0), scalar(0))),
        },
      ],
    } as const;
    const plan = planOf(
      [
        { role: 'input', length: 8 },
        { role: 'input', length: 12 },
        { role: 'output', length: 6 },
      ],
      [matMul],
      ['float32'],
    );
    const [generated] = new CpuBackend({ generateCode: true }).compileSync(plan).source();
    expect(generated).toContain('2 × 3 over a depth of 4');
    expect(generated).toContain('// matMul + relu');
    expect(generated).toMatch(/<= 0 \? 0 : /);
    const [closures] = new CpuBackend({ generateCode: false }).compileSync(plan).source();
    expect(closures).toContain('closures');
  });

  it('computes what does not change in a loop before it', () => {
    const plan = planOf(
      [
        { role: 'input', length: 5 },
        { role: 'output', length: 15 },
      ],
      [
        {
          kind: 'map',
          name: 'exp of a row, broadcast',
          shape: [5, 3],
          outputs: [{ buffer: 1, value: operation('exp', 'float32', load(0, index(0))) }],
        },
      ],
    );
    const [source] = new CpuBackend({ generateCode: true }).compileSync(plan).source();
    const [outer, inner] = source!.split(/^ {4}for/m);
    expect(outer).toContain('Math.exp');
    expect(inner).not.toContain('Math.exp');
  });
});

describe('the loops', () => {
  const generated = (buffers: Parameters<typeof planOf>[0], kernel: Kernel): string =>
    new CpuBackend({ generateCode: true }).compileSync(planOf(buffers, [kernel])).source()[0]!;
  const sums = (rows: number, columns: number, strides: number[]): string =>
    generated(
      [
        { role: 'input', length: rows * columns },
        { role: 'output', length: rows },
      ],
      {
        kind: 'reduce',
        name: 'sums',
        shape: [rows],
        reduceShape: [columns],
        reductions: [{ operation: 'sum', dtype: 'float32', value: load(0, strided(strides)) }],
        outputs: [{ buffer: 1, value: reduced(0) }],
      },
    );

  it('walk memory in order, whether rows are summed or columns', () => {
    expect(sums(20, 30, [30, 1])).toMatch(/^ {2}for .* < 20;.*\n( {4}.*\n)* {4}for .* < 30;/m);
    expect(sums(20, 30, [1, 20])).toMatch(/^ {2}for .* < 30;.*\n( {4}.*\n)* {4}for .* < 20;/m);
  });

  it('add up as much of an address as they can outside', () => {
    const source = generated(
      [
        { role: 'input', length: 2000 },
        { role: 'output', length: 60 },
      ],
      {
        kind: 'map',
        name: 'view',
        shape: [3, 4, 5],
        outputs: [{ buffer: 1, value: load(0, strided([7, 50, 9], 2)) }],
      },
    );
    const innermost = source.split('for').at(-1)!;
    // One multiplication and one addition for the load, one addition for the store.
    expect(innermost.match(/Math\.imul/g)).toHaveLength(1);
    expect(innermost.match(/ \+ /g)).toHaveLength(2);
  });
});

describe('the device', () => {
  it('is made at once and declares what it can do', () => {
    const device = cpu();
    expect(device).toBeInstanceOf(Device);
    expect(device.name).toBe('cpu');
    expect(device.capabilities).toMatchObject({
      kernels: ['map', 'reduce', 'matMul', 'conv2d', 'pool2d', 'unpool2d', 'scatterAdd'],
      dtypes: ['float32', 'float64', 'int32', 'uint32', 'uint8', 'bool'],
      multipleOutputs: true,
      maximumBuffersPerKernel: Infinity,
      synchronous: true,
      hostMemory: true,
      threads: { count: 1 },
    });
  });

  it('refuses the dtype that it does not have', () => {
    const plan = planOf([{ role: 'output', length: 1, dtype: 'float16' }], []);
    expect(() => new CpuBackend().compileSync(plan)).toThrow('does not store float16');
  });
});
