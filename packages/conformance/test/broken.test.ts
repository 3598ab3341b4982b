import { CpuBackend } from '@gradus/backend-cpu';
import { Device } from '@gradus/core';
import type { Backend, Expression, Kernel, Plan, ScalarOperation } from '@gradus/core/backend';
import { describe, expect, it } from 'vitest';
import { backendSuite, ConformanceError, testCollector } from '../src/index.js';
import { changeExpression, changeExpressions, changeKernels } from './support/rewrite.js';
import { rewriting, wrap } from './support/wrap.js';

const constant = (value: number, dtype: Expression['dtype']): Expression => ({
  op: 'constant',
  dtype,
  value,
});
const operation = (
  op: ScalarOperation,
  dtype: Expression['dtype'],
  ...inputs: readonly Expression[]
): Expression => ({ op, dtype, inputs });

/** Changes operations of one name. */
const changing =
  (
    op: ScalarOperation,
    change: (inputs: readonly Expression[], dtype: Expression['dtype']) => Expression,
  ) =>
  (plan: Plan): Plan =>
    changeExpressions(plan, (each) =>
      'inputs' in each && each.op === op ? change(each.inputs, each.dtype) : each,
    );

/** argMax of the elements in reverse order: the last of ties wins. */
function reverseArgMax(kernel: Kernel): Kernel {
  if (kernel.kind !== 'reduce' || kernel.reduceShape.length !== 1) return kernel;
  const last = constant(kernel.reduceShape[0]! - 1, 'int32');
  const axis = kernel.shape.length;
  const reversed = kernel.reductions.map((each) => {
    if (each.operation !== 'argMax') return each;
    const value = changeExpression(each.value, (part) =>
      part.op === 'index' && part.axis === axis ? operation('sub', 'int32', last, part) : part,
    );
    return { ...each, value };
  });
  const restore = (part: Expression): Expression =>
    part.op === 'reduced' && kernel.reductions[part.position]!.operation === 'argMax'
      ? operation('sub', 'int32', last, part)
      : part;
  const outputs = kernel.outputs.map((output) => ({
    ...output,
    value: changeExpression(output.value, restore),
  }));
  return { ...kernel, reductions: reversed, outputs };
}

const inReductions =
  (change: (kernel: Extract<Kernel, { kind: 'reduce' }>) => Kernel) =>
  (plan: Plan): Plan =>
    changeKernels(plan, (kernel) => (kernel.kind === 'reduce' ? change(kernel) : kernel));

/** Mistakes in plans or code generators, and the group of tests that must notice each. */
const mistakes: Readonly<Record<string, readonly [group: string, (plan: Plan) => Plan]>> = {
  'relu turns NaN into 0': [
    'facts',
    changing('relu', ([x], dtype) =>
      operation(
        'where',
        dtype,
        operation('less', 'bool', constant(0, dtype), x!),
        x!,
        constant(0, dtype),
      ),
    ),
  ],
  'maximum returns its left operand when unordered': [
    'facts',
    changing('maximum', ([a, b], dtype) =>
      operation('where', dtype, operation('less', 'bool', a!, b!), b!, a!),
    ),
  ],
  'tanh is half as accurate': [
    'elementwise',
    changing('tanh', (inputs, dtype) =>
      operation('mul', dtype, operation('tanh', dtype, ...inputs), constant(1.00002, dtype)),
    ),
  ],
  'integers multiply in float32': [
    'elementwise',
    changing('mul', ([a, b], dtype) =>
      dtype === 'int32'
        ? operation(
            'cast',
            dtype,
            operation(
              'mul',
              'float32',
              operation('cast', 'float32', a!),
              operation('cast', 'float32', b!),
            ),
          )
        : operation('mul', dtype, a!, b!),
    ),
  ],
  'masks are ignored': [
    'kernels',
    (plan) =>
      changeExpressions(plan, (each) => {
        if (each.op !== 'load') return each;
        const { op, dtype, buffer, index } = each;
        return { op, dtype, buffer, index };
      }),
  ],
  'max skips NaN': [
    'reductions',
    inReductions((kernel) => ({
      ...kernel,
      reductions: kernel.reductions.map((each) =>
        each.operation === 'max' && each.dtype === 'float32'
          ? {
              ...each,
              value: operation(
                'where',
                each.dtype,
                operation('equal', 'bool', each.value, each.value),
                each.value,
                constant(-Infinity, each.dtype),
              ),
            }
          : each,
      ),
    })),
  ],
  'argMax takes the last of ties': ['reductions', (plan) => changeKernels(plan, reverseArgMax)],
  'long reductions lose their last element': [
    'reductions',
    inReductions((kernel) => ({
      ...kernel,
      reduceShape: kernel.reduceShape.map((extent) => (extent > 1000 ? extent - 1 : extent)),
    })),
  ],
  'scatterAdd clamps indices': [
    'indexing',
    (plan) =>
      changeKernels(plan, (kernel) =>
        kernel.kind === 'scatterAdd'
          ? { ...kernel, index: operation('maximum', 'int32', kernel.index, constant(0, 'int32')) }
          : kernel,
      ),
  ],
  'a product forgets what was fused behind it': [
    'products',
    (plan) =>
      changeKernels(plan, (kernel) =>
        kernel.kind === 'matMul'
          ? {
              ...kernel,
              outputs: kernel.outputs.map(({ buffer, value }) => ({
                buffer,
                value:
                  value.dtype === kernel.dtype
                    ? { op: 'reduced', dtype: kernel.dtype, position: 0 }
                    : value,
              })),
            }
          : kernel,
      ),
  ],
  'counters of random numbers are off by one': [
    'random',
    changing('threefry', ([a, b, c, d], dtype) => ({
      op: 'threefry',
      dtype,
      inputs: [a!, b!, c!, operation('add', dtype, d!, constant(1, dtype))],
      word: 0,
    })),
  ],
  'deep expressions go wrong': [
    'fusion',
    (plan) =>
      changeKernels(plan, (kernel) => {
        if (kernel.kind !== 'map' || kernel.name.split('+').length < 3) return kernel;
        const [changed] = changeExpressions({ ...plan, kernels: [kernel] }, (each) =>
          'inputs' in each && each.op === 'sub'
            ? operation('sub', each.dtype, each.inputs[1]!, each.inputs[0]!)
            : each,
        ).kernels;
        return changed!;
      }),
  ],
  'outputs of one kernel are stored one after another': [
    'variables',
    (plan) =>
      changeKernels(plan, (kernel) =>
        kernel.kind === 'map'
          ? kernel.outputs.map((output) => ({ ...kernel, outputs: [output] }))
          : kernel,
      ),
  ],
};

/** Mistakes in the interface, by what they override. */
const misbehaviours: Readonly<
  Record<string, readonly [group: string, (inner: Backend) => Partial<Backend>]>
> = {
  'frees nothing': ['memory', () => ({ free: () => undefined })],
  'reads without a copy': [
    'contract',
    (inner) => {
      const views = new WeakMap<object, Uint8Array>();
      return {
        read: async (buffer, byteLength) => {
          const known = views.get(buffer);
          if (known?.byteLength === byteLength) return known;
          const bytes = await inner.read(buffer, byteLength);
          views.set(buffer, bytes);
          return bytes;
        },
      };
    },
  ],
  'remembers the scalars of the first run': [
    'contract',
    (inner) => ({
      compile: async (plan) => {
        const executable = await inner.compile(plan);
        let first: Float64Array | undefined;
        return {
          run: (inputs, outputs, scalars) =>
            executable.run(inputs, outputs, (first ??= scalars.slice())),
          dispose: () => executable.dispose(),
        };
      },
    }),
  ],
  'claims float16 without having it': [
    'elementwise',
    (inner) => ({
      capabilities: {
        ...inner.capabilities,
        synchronous: false,
        dtypes: [...inner.capabilities.dtypes, 'float16'],
      },
    }),
  ],
};

async function failuresIn(group: string, createDevice: () => Device): Promise<unknown[]> {
  const collector = testCollector();
  await backendSuite(collector, { createDevice, name: 'broken' });
  const { failed } = await collector.run({
    filter: (name) => name.startsWith(`broken › ${group} ›`),
  });
  return failed.map(({ error }) => error);
}

describe('the suite notices', () => {
  for (const [name, [group, rewrite]] of Object.entries(mistakes)) {
    it(`${name} (${group})`, async () => {
      const errors = await failuresIn(group, () => rewriting(new CpuBackend(), rewrite));
      expect(errors.some((error) => error instanceof ConformanceError)).toBe(true);
    });
  }
  for (const [name, [group, override]] of Object.entries(misbehaviours)) {
    it(`${name} (${group})`, async () => {
      const createDevice = (): Device => {
        const inner = new CpuBackend();
        return new Device(wrap(inner, override(inner)));
      };
      expect(await failuresIn(group, createDevice)).not.toEqual([]);
    });
  }
});
