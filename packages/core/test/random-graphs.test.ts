import { afterEach, describe, expect, it } from 'vitest';
import fc from 'fast-check';
import {
  compile,
  planOf,
  realize,
  setDefaultDevice,
  Variable,
  type Capabilities,
  type Tensor,
} from '../src/index.js';
import { interpreter } from './support/interpreter.js';
import { Choices, grow, leaves } from './support/random-graph.js';

const numbers = fc.array(fc.nat(2 ** 20), { minLength: 20, maxLength: 120, size: 'max' });
const withMatMul = ['map', 'reduce', 'scatterAdd', 'matMul'] as const;

const withRows = ['map', 'reduce', 'scatterAdd', 'row'] as const;

const devices: [string, Partial<Capabilities>][] = [
  ['anything goes', {}],
  ['matMul as a kernel', { kernels: withMatMul }],
  ['rows', { kernels: withRows }],
  ['rows of few buffers', { kernels: withRows, maximumBuffersPerKernel: 5 }],
  ['one output a kernel', { multipleOutputs: false }],
  ['four buffers a kernel', { maximumBuffersPerKernel: 4, kernels: withMatMul }],
];

afterEach(() => setDefaultDevice(interpreter()));

/** What a tensor holds, bit for bit but for NaNs. */
const valuesOf = async (tensors: readonly Tensor[]): Promise<unknown[]> =>
  Promise.all(tensors.map(async (each) => [each.shape, await each.data()]));

function graph(list: readonly number[], visit: (made: Tensor) => void = () => undefined): Tensor[] {
  const choices = new Choices(list);
  const pool = leaves();
  while (!choices.done) visit(grow(pool, choices));
  return pool;
}

describe.each(devices)('random graphs, %s', (_, capabilities) => {
  it('fused, are what one operation after another gives', async () => {
    await fc.assert(
      fc.asyncProperty(numbers, fc.nat(3), async (list, fewer) => {
        setDefaultDevice(interpreter());
        const expected = graph(list, (made) => void made.dataSync());
        setDefaultDevice(interpreter(capabilities));
        const fused = graph(list);
        const chosen = fused
          .map((_each, i) => i)
          .filter((i) => fewer === 0 || i >= fused.length - fewer);
        await realize(...chosen.map((i) => fused[i]!));
        expect(await valuesOf(chosen.map((i) => fused[i]!))).toEqual(
          await valuesOf(chosen.map((i) => expected[i]!)),
        );
      }),
      { numRuns: 300 },
    );
  });

  it('planned without fusion, store every operation and overlap nothing', () => {
    fc.assert(
      fc.property(numbers, (list) => {
        const device = interpreter(capabilities);
        const outputs = graph(list).slice(-3);
        const fused = planOf(outputs, { device });
        const plain = planOf(outputs, { device, fuse: false });
        expect(plain.kernels.length).toBeGreaterThanOrEqual(fused.kernels.length);
      }),
      { numRuns: 100 },
    );
  });

  it('with variables, compiled, are what they are step by step', async () => {
    await fc.assert(
      fc.asyncProperty(numbers, async (list) => {
        const step = (variables: readonly Variable[], eager: boolean): Tensor[] => {
          const choices = new Choices(list);
          const pool = leaves();
          while (!choices.done) {
            const target = choices.of(variables);
            if (choices.below(2) === 0) pool.push(target.value);
            else {
              const fits = pool.filter(({ shape }) => String(shape) === String(target.shape));
              target.assign(choices.of([target.value, ...fits]).mul(choices.below(3)));
            }
            const made = grow(pool, choices);
            if (eager) made.dataSync();
          }
          return pool.slice(-4);
        };
        const initial = (): Variable[] =>
          leaves()
            .slice(0, 4)
            .flatMap((each) => [new Variable(each), new Variable(each.mul(2))]);
        setDefaultDevice(interpreter());
        const [slow, expected] = [initial(), [] as unknown[]];
        for (let run = 0; run < 3; run++) expected.push(await valuesOf(step(slow, true)));
        setDefaultDevice(interpreter(capabilities));
        const fast = initial();
        const program = compile(() => step(fast, false));
        const runs = [program(), program(), program()];
        const results = await Promise.all(runs.map(async (run) => valuesOf(await run)));
        expect(results).toEqual(expected);
        const state = async (list: Variable[]): Promise<unknown> =>
          Promise.all(list.map((each) => each.data()));
        expect(await state(fast)).toEqual(await state(slow));
      }),
      { numRuns: 300 },
    );
  });
});
