import { CpuBackend } from '@gradus/backend-cpu';
import {
  isOperation,
  scalarOperations,
  visitExpressions,
  type Expression,
  type Kernel,
  type Plan,
} from '@gradus/core/backend';
import { expect, it } from 'vitest';
import { backendSuite, testCollector } from '../src/index.js';
import { rewriting } from './support/wrap.js';

/** The expressions of a kernel. */
function* roots(kernel: Kernel): Generator<Expression> {
  if (kernel.kind === 'row') {
    for (const phase of kernel.phases) yield* roots(phase);
    return;
  }
  if (kernel.kind === 'scatterAdd') {
    yield kernel.index;
    yield kernel.value;
    return;
  }
  if (kernel.kind === 'reduce') for (const { value } of kernel.reductions) yield value;
  for (const { value } of kernel.outputs) yield value;
}

it('every kernel, reduction, operation and role of memory reaches the backend', async () => {
  const seen = new Set<string>();
  const record = (plan: Plan): Plan => {
    for (const buffer of plan.buffers) seen.add(buffer.role);
    for (const kernel of plan.kernels) {
      seen.add(kernel.kind);
      if (kernel.kind === 'reduce')
        for (const { operation } of kernel.reductions) seen.add(operation);
      visitExpressions(roots(kernel), (each) => {
        seen.add(isOperation(each) ? each.op : each.op === 'load' && each.mask ? 'mask' : each.op);
      });
    }
    return plan;
  };
  const collector = testCollector();
  await backendSuite(collector, {
    createDevice: () => rewriting(new CpuBackend(), record),
    name: 'cpu',
  });
  // Plans written by hand cover themselves.
  const { failed } = await collector.run({ filter: (name) => !name.startsWith('cpu › kernels') });
  expect(failed).toEqual([]);
  const wanted = [
    ...Object.keys(scalarOperations),
    ...['load', 'mask', 'constant', 'scalar', 'index', 'reduced'],
    ...['map', 'reduce', 'matMul', 'scatterAdd'],
    ...['sum', 'product', 'max', 'min', 'argMax', 'argMin'],
    ...['input', 'output', 'temporary'],
  ];
  expect(wanted.filter((each) => !seen.has(each))).toEqual([]);
});
