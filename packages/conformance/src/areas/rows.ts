import type { Expression, MapKernel, ReduceKernel } from '@gradus/core/backend';
import { checkEqual } from '../assertions.js';
import { expression, plan, planBuffers, runPlan } from '../plans.js';
import type { BackendTests } from '../suite.js';

const { apply, constant, index, load, reduced } = expression;

const joined = (outer: Expression, extent: number, inner: Expression): Expression =>
  apply('add', 'int32', apply('mul', 'int32', outer, constant(extent)), inner);
const row = joined(index(0), 3, index(1));
const element = joined(row, 5, index(2));

const reduce = (operation: 'max' | 'sum', buffer: number): ReduceKernel => ({
  kind: 'reduce',
  name: operation,
  shape: [2, 3],
  reduceShape: [5],
  reductions: [{ operation, dtype: 'float32', value: load(0, element) }],
  outputs: [{ buffer, value: reduced(0) }],
});

const map = (operation: 'sub' | 'mul', buffer: number, ...inputs: Expression[]): MapKernel => ({
  kind: 'map',
  name: operation,
  shape: [2, 3, 5],
  outputs: [{ buffer, value: apply(operation, 'float32', ...inputs) }],
});

/** A kernel of phases written by hand, for backends that compile them. */
export function rows(tests: BackendTests): void {
  if (!tests.capabilities.kernels.includes('row')) return;
  tests.test('each phase reads what those before it left in the row, also in place', async () => {
    const compiled = plan(
      planBuffers(
        [{ length: 30, written: true }],
        [{ length: 6 }, { length: 30 }],
        [{ length: 6, byteOffset: 0 }],
      ),
      [
        {
          kind: 'row',
          name: 'distances from the maximum',
          shape: [2, 3],
          phases: [
            reduce('max', 3),
            map('sub', 0, load(3, row), load(0, element)),
            reduce('sum', 1),
            map('mul', 2, load(0, element), load(1, row)),
          ],
        },
      ],
      { arenaByteLength: 256 },
    );
    const values = Float32Array.from({ length: 30 }, (_, position) => (position * 7) % 11);
    const distances = Array.from({ length: 6 }, (_, position) => {
      const own = [...values.subarray(5 * position, 5 * position + 5)];
      return own.map((value) => Math.max(...own) - value);
    });
    const sums = distances.map((own) => own.reduce((a, b) => a + b));
    const { outputs, written } = await runPlan(tests.device.backend, compiled, [values]);
    checkEqual('the distances', written[0]?.join(), distances.flat().join());
    checkEqual('their sums', outputs[0]?.join(), sums.join());
    const products = distances.flatMap((own, position) =>
      own.map((each) => each * sums[position]!),
    );
    checkEqual('their products', outputs[1]?.join(), products.join());
  });
}
