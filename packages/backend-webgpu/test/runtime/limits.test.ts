import type { Expression, Plan } from '@gradus/core/backend';
import { expect, it, onTestFinished } from 'vitest';
import { WebGpuBackend } from '../../src/backend.js';
import { describeOnBackend, describeOnGpu } from '../support/gpu.js';
import { additionPlan, contents, filled, none } from '../support/plans.js';
import { planOf, runPlan } from '@gradus/kernel-tests/run-plan';

await describeOnGpu('more rows than a dimension of a dispatch can have', (gpu) => {
  it('are computed once each, in place, by workgroups', async () => {
    const device = await (await gpu.requestAdapter())!.requestDevice();
    onTestFinished(() => device.destroy());
    // Shaders are written as for a GPU.
    Object.defineProperty(device, 'adapterInfo', { value: { description: 'not a program' } });
    const backend = await WebGpuBackend.create({ device });
    const [rows, columns] = [65_537, 32];
    const index = (axis: number): Expression => ({ op: 'index', dtype: 'int32', axis });
    const apply = (op: 'add' | 'mul' | 'sub', ...inputs: Expression[]): Expression => {
      return { op, dtype: inputs[0]!.dtype, inputs };
    };
    const extent: Expression = { op: 'constant', dtype: 'int32', value: columns };
    const element = apply('add', apply('mul', index(0), extent), index(1));
    const load = (buffer: number, at: Expression): Expression => {
      return { op: 'load', dtype: 'float32', buffer, index: at };
    };
    const length = rows * columns;
    const executable = await backend.compile({
      buffers: [
        { role: 'input', dtype: 'float32', length, position: 0, written: true },
        { role: 'temporary', dtype: 'float32', length: rows, byteOffset: 0 },
      ],
      scalars: [],
      arenaByteLength: 4 * rows,
      kernels: [
        {
          kind: 'row',
          name: 'differences',
          shape: [rows],
          phases: [
            {
              kind: 'reduce',
              name: 'sum',
              shape: [rows],
              reduceShape: [columns],
              reductions: [{ operation: 'sum', dtype: 'float32', value: load(0, element) }],
              outputs: [{ buffer: 1, value: { op: 'reduced', dtype: 'float32', position: 0 } }],
            },
            {
              kind: 'map',
              name: 'sub',
              shape: [rows, columns],
              outputs: [{ buffer: 0, value: apply('sub', load(0, element), load(1, index(0))) }],
            },
          ],
        },
      ],
    });
    expect((await executable.source!())[0]).toContain('storageBarrier');
    const values = filled(backend, length, 1);
    await executable.run([values], [], none);
    expect(await contents(backend, values, length)).toEqual([1 - columns]);
  });
});

await describeOnBackend('limits', (backend) => {
  it('more workgroups than a dimension of a dispatch can have', async () => {
    // An odd extent: each invocation computes one element.
    const length = 65_535 * 64 + 129;
    const executable = await backend.compile(additionPlan(length));
    expect((await executable.source!())[0]).toContain('@workgroup_size(64)');
    const [input, output] = [filled(backend, length, 1), filled(backend, length, 7)];
    await executable.run([input], [output], Float64Array.of(2));
    expect(await contents(backend, output, length)).toEqual([3]);
    backend.free(input);
    backend.free(output);
    executable.dispose();
  });

  it('thousands of scalars, and a clear error for more than a uniform buffer can hold', async () => {
    const last = (count: number): Plan => {
      const value: Expression = { op: 'scalar', dtype: 'float32', position: count - 1 };
      const output = { dtype: 'float32', length: 1 } as const;
      const scalars = Array.from({ length: count }, () => 'float32' as const);
      const kernel = { kind: 'map', name: 'last', shape: [1], outputs: [{ buffer: 0, value }] };
      return planOf([], [output], [kernel as never], scalars);
    };
    const scalars = Array.from({ length: 4096 }, (_, position) => position);
    expect(await runPlan(backend, last(4096), [], scalars)).toEqual([[4095]]);
    const limit = backend.adapter.limits['maxUniformBufferBindingSize']!;
    await expect(backend.compile(last(limit / 4 + 1))).rejects.toThrow(
      `${limit / 4 + 1} run-time scalars, which take ${limit + 16} bytes`,
    );
  });

  it('a kernel of more buffers than a stage can have', async () => {
    const count = backend.capabilities.maximumBuffersPerKernel;
    const sum = (inputs: number): Plan => {
      const loads = Array.from({ length: inputs }, (_, buffer): Expression => {
        const index: Expression = { op: 'index', dtype: 'int32', axis: 0 };
        return { op: 'load', dtype: 'float32', buffer, index };
      });
      const value = loads.reduce((a, b): Expression => {
        return { op: 'add', dtype: 'float32', inputs: [a, b] };
      });
      const one = { dtype: 'float32', length: 4, values: [1, 1, 1, 1] } as const;
      return planOf(
        loads.map(() => one),
        [one],
        [{ kind: 'map', name: 'sum', shape: [4], outputs: [{ buffer: inputs, value }] }],
      );
    };
    const inputs = Array.from({ length: count - 1 }, () => {
      return { dtype: 'float32', length: 4, values: [1, 1, 1, 1] } as const;
    });
    const total = count - 1;
    expect(await runPlan(backend, sum(total), inputs)).toEqual([[total, total, total, total]]);
    await expect(backend.compile(sum(count))).rejects.toThrow(
      `The kernel "sum" needs ${count + 1} buffers at once`,
    );
  });

  it('a buffer of nothing, a run of nothing', async () => {
    const executable = await backend.compile(additionPlan(0));
    const [input, output] = [backend.allocate(0), backend.allocate(0)];
    await executable.run([input], [output], Float64Array.of(1));
    expect(await backend.read(output, 0)).toHaveLength(0);
    const nothing = await backend.compile(planOf([], [], []));
    await nothing.run([], [], none);
    backend.free(input);
    backend.free(output);
  });
});
