import { afterEach, describe, expect, it, vi } from 'vitest';
import { doAtOnce, doInTurns, type Pieces } from '../src/backend/index.js';
import { compile, planOf, setDefaultDevice, tensor, Variable, type Tensor } from '../src/index.js';
import { describeGraph } from '../src/plan/describe.js';
import { planInPieces } from '../src/plan/plan-graph.js';
import { interpreter } from './support/interpreter.js';

describe('work in pieces', () => {
  let now = 1000;

  /** Four pieces, each of which takes so many milliseconds. */
  function* pieces(milliseconds: number, seen: string[]): Pieces<string> {
    for (let piece = 1; piece <= 4; piece++) {
      now += milliseconds;
      seen.push(`piece ${piece}`);
      yield;
    }
    return 'done';
  }

  /** Notes every turn of the event loop until `work` has been done. */
  async function watch(work: Promise<unknown>, seen: string[]): Promise<void> {
    let watching = true;
    const turn = (): void => {
      seen.push('turn');
      if (watching) setImmediate(turn);
    };
    setImmediate(turn);
    await work;
    watching = false;
  }

  afterEach(() => {
    vi.restoreAllMocks();
  });

  it('lets others have their turn between long pieces', async () => {
    vi.spyOn(performance, 'now').mockImplementation(() => now);
    const seen: string[] = [];
    const work = doInTurns(pieces(20, seen));
    await watch(work, seen);
    expect(await work).toBe('done');
    const turnsAfter = (piece: number): string | undefined =>
      seen[seen.indexOf(`piece ${piece}`) + 1];
    expect([1, 2, 3].map(turnsAfter)).toEqual(['turn', 'turn', 'turn']);
  });

  it('does many short ones in one turn', async () => {
    vi.spyOn(performance, 'now').mockImplementation(() => now);
    const seen: string[] = [];
    await watch(doInTurns(pieces(1, seen)), seen);
    expect(seen.join()).toContain('piece 1,piece 2,piece 3,piece 4');
  });

  it('can be done at once', () => {
    const seen: string[] = [];
    expect(doAtOnce(pieces(20, seen))).toBe('done');
    expect(seen).toHaveLength(4);
  });

  it('passes errors on', async () => {
    const failing = function* (): Pieces<void> {
      yield;
      throw new RangeError('no');
    };
    await expect(doInTurns(failing())).rejects.toThrow('no');
    expect(() => doAtOnce(failing())).toThrow('no');
  });
});

describe('planning', () => {
  const network = (x: Tensor): Tensor[] => {
    let y = x;
    for (let layer = 0; layer < 6; layer++) y = y.matMul(x).exp();
    return [y, y.sum(0), y.sum(1)];
  };

  it('is in pieces: more than one for each kernel', () => {
    const device = interpreter();
    const outputs = network(
      tensor([
        [1, 2],
        [3, 4],
      ]),
    ).map(({ node }) => node);
    const description = describeGraph({ outputs, updates: [] }, () => false);
    const work = planInPieces(description, device.capabilities);
    let count = 1;
    let step = work.next();
    for (; step.done !== true; step = work.next()) count++;
    expect(count).toBeGreaterThan(2 * step.value.kernels.length);
    expect(step.value).toEqual(
      planOf(
        network(
          tensor([
            [1, 2],
            [3, 4],
          ]),
        ),
        { device },
      ),
    );
  });

  it.each([true, false])(
    'is of what there was when the run was asked for (synchronous: %s)',
    async (synchronous) => {
      setDefaultDevice(interpreter({ synchronous }));
      const captured = tensor([1, 2]).mul(2);
      const w = new Variable([1, 1]);
      const step = compile((x: Tensor) => {
        w.assign(w.value.add(captured.exp().sum()));
        return x.add(captured);
      });
      const first = step([10, 10]);
      const values = captured.data();
      const eager = captured.add(1);
      const sum = eager.sum().data();
      const incremented = eager.data();
      expect(await (await first).toArray()).toEqual([12, 14]);
      expect([...(await values)]).toEqual([2, 4]);
      expect([...(await sum)]).toEqual([8]);
      expect([...(await incremented)]).toEqual([3, 5]);
      expect((await w.data())[0]).toBeCloseTo(1 + Math.exp(2) + Math.exp(4), 4);
    },
  );

  it('may be asked for while it is under way', async () => {
    setDefaultDevice(interpreter({ synchronous: false }));
    const step = compile((x: Tensor) => network(x));
    const input = [
      [1, 2],
      [3, 4],
    ];
    const run = step(input);
    const plan = step.plan(input);
    await run;
    expect(step.plan(input)).toBe(plan);
    expect((await step.compiled(input)).plan).toBe(plan);
  });
});
