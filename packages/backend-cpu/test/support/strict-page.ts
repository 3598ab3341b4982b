/**
 * What `content-security-policy.test.ts` bundles and runs in a process of its own: a plan with a
 * map, a product and a reduction. The argument is the option `generateCode`.
 */
import { CpuBackend } from '../../src/index.js';
import { index, load, operation, planOf, reduced, strided } from './build.js';
import { runOn } from './run.js';

const option = process.argv[2];
const generateCode = option === 'true' ? true : option === 'false' ? false : 'auto';

function forbidden(): boolean {
  try {
    Reflect.construct(Function, ['']);
    return false;
  } catch {
    return true;
  }
}

const matrix = (buffer: number) =>
  ({ buffer, offset: 0, batchStrides: [], rowStride: 2, columnStride: 1 }) as const;

const plan = planOf(
  [
    { role: 'input', length: 4 },
    { role: 'temporary', length: 4 },
    { role: 'temporary', length: 4 },
    { role: 'output', length: 2 },
  ],
  [
    {
      kind: 'map',
      name: 'exp',
      shape: [4],
      outputs: [{ buffer: 1, value: operation('exp', 'float32', load(0, index(0))) }],
    },
    {
      kind: 'matMul',
      name: 'product',
      dtype: 'float32',
      shape: [2, 2],
      depth: 2,
      left: matrix(0),
      right: matrix(1),
      outputs: [{ buffer: 2, value: operation('relu', 'float32', reduced(0)) }],
    },
    {
      kind: 'reduce',
      name: 'columns',
      shape: [2],
      reduceShape: [2],
      reductions: [{ operation: 'sum', dtype: 'float32', value: load(2, strided([1, 2])) }],
      outputs: [{ buffer: 3, value: reduced(0) }],
    },
  ],
);

function report(): object {
  try {
    const backend = new CpuBackend({ generateCode });
    const closures = backend
      .compileSync(plan)
      .source()
      .every((text) => text.includes('closures'));
    return { closures, outputs: runOn(backend, plan, [[0.1, -0.2, 0.3, 0.4]]).outputs };
  } catch (error) {
    return { error: String(error) };
  }
}

console.log(JSON.stringify({ forbidden: forbidden(), ...report() }));
