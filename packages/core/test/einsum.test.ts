import fc from 'fast-check';
import { beforeEach, describe, expect, it } from 'vitest';
import {
  ArgumentError,
  DataTypeError,
  einsum,
  ones,
  setDefaultDevice,
  ShapeError,
  sizeOf,
  tensor,
  topologicalOrder,
  zeros,
  type Shape,
  type Tensor,
} from '../src/index.js';
import { interpreter } from './support/interpreter.js';
import { refuse } from './support/refuse.js';

beforeEach(() => setDefaultDevice(interpreter()));

/** One operand: letters, with the shape of what `...` stands for and where, if there is one. */
interface Term {
  readonly letters: readonly string[];
  readonly further: readonly number[];
  readonly place: number;
}

interface Case {
  readonly extents: Readonly<Record<string, number>>;
  readonly terms: readonly Term[];
  /** Letters of the result; `undefined` leaves them to the rule. */
  readonly result: readonly string[] | undefined;
  readonly seed: number;
}

const letters = fc.constantFrom('a', 'b', 'c', 'Z');
/** Shapes that broadcast to [2, 3]. */
const further = fc.constantFrom([], [], [], [3], [1], [2, 3], [2, 1], [1, 3]);

const cases: fc.Arbitrary<Case> = fc
  .record({
    extents: fc.record({
      a: fc.integer({ min: 0, max: 4 }),
      b: fc.integer({ min: 1, max: 3 }),
      c: fc.integer({ min: 1, max: 3 }),
      Z: fc.integer({ min: 1, max: 2 }),
    }),
    terms: fc.array(
      fc.record({ letters: fc.array(letters, { maxLength: 3 }), further, place: fc.nat(3) }),
      { minLength: 1, maxLength: 4 },
    ),
    seed: fc.nat(1000),
  })
  .chain(({ extents, terms, seed }) => {
    const used = [...new Set(terms.flatMap((term) => term.letters))];
    const order = fc.shuffledSubarray(used);
    return fc.record({
      extents: fc.constant(extents),
      terms: fc.constant(terms),
      result: fc.option(order, { nil: undefined }),
      seed: fc.constant(seed),
    });
  });

const placed = <T>(
  { letters: own, place }: Term,
  more: readonly T[],
  map: (letter: string) => T,
): T[] => [...own.slice(0, place).map(map), ...more, ...own.slice(place).map(map)];

/** Sums over every assignment of positions to labels, one product at a time. */
function naive(
  { extents, terms }: Case,
  result: readonly string[],
  values: readonly (readonly number[])[],
): { shape: number[]; data: number[] } {
  const broad = [2, 3].slice(2 - Math.max(...terms.map((term) => term.further.length)));
  broad.forEach((_, axis) => {
    const reached = terms.some(({ further: own }) => (own.at(axis - broad.length) ?? 1) > 1);
    if (!reached) broad[axis] = 1;
  });
  const names = broad.map((_, axis) => `.${broad.length - axis}`);
  const sizes: Record<string, number> = { ...extents };
  names.forEach((name, axis) => (sizes[name] = broad[axis]!));
  const used = [...new Set([...names, ...terms.flatMap((term) => term.letters)])];
  const output = [...names, ...result];
  const shape = output.map((label) => sizes[label]!);
  const data = new Array<number>(sizeOf(shape)).fill(0);
  const total = sizeOf(used.map((label) => sizes[label]!));
  for (let turn = 0; turn < total; turn++) {
    const at: Record<string, number> = {};
    let rest = turn;
    for (const label of used) {
      at[label] = rest % sizes[label]!;
      rest = Math.floor(rest / sizes[label]!);
    }
    let product = 1;
    terms.forEach((term, operand) => {
      const ellipsis = names.slice(names.length - term.further.length);
      const labels = placed(term, ellipsis, (letter) => letter);
      const own = placed(term, term.further, (letter) => extents[letter]!);
      const offset = labels.reduce(
        (sum, label, axis) => sum * own[axis]! + (own[axis] === 1 ? 0 : at[label]!),
        0,
      );
      product *= values[operand]![offset]!;
    });
    const offset = output.reduce((sum, label, axis) => sum * shape[axis]! + at[label]!, 0);
    data[offset]! += product;
  }
  return { shape, data };
}

function implicit(terms: readonly Term[]): string[] {
  const all = terms.flatMap((term) => term.letters);
  return [...new Set(all)]
    .filter((letter) => all.filter((each) => each === letter).length === 1)
    .sort();
}

it('random equations are what nested loops give', async () => {
  await fc.assert(
    fc.asyncProperty(cases, async (drawn) => {
      const { terms, extents, result, seed } = drawn;
      // Integers, so that every order of summation gives the same.
      const values = terms.map((term, operand) => {
        const size = sizeOf(placed(term, term.further, (letter) => extents[letter]!));
        return Array.from({ length: size }, (_, i) => ((i * 7 + seed + operand * 3) % 5) - 2);
      });
      const dotted = terms.some((term) => term.further.length > 0);
      const text = terms.map((term) =>
        placed(term, term.further.length > 0 ? ['...'] : [], (letter) => letter).join(''),
      );
      const arrow = result === undefined ? '' : ` -> ${dotted ? '...' : ''}${result.join('')}`;
      const operands = terms.map((term, operand) =>
        tensor(values[operand]!, {
          shape: placed(term, term.further, (letter) => extents[letter]!),
          dtype: 'int32',
        }),
      );
      const got = einsum(text.join(', ') + arrow, ...operands);
      const { shape, data } = naive(drawn, result ?? implicit(terms), values);
      expect(got.shape).toEqual(shape);
      expect(Array.from(await got.data())).toEqual(data);
    }),
    { seed: 20_261_124, numRuns: 150 },
  );
});

describe('einsum', () => {
  const x = tensor([
    [1, 2, 3],
    [4, 5, 6],
  ]);
  const square = tensor([
    [1, 2],
    [3, 4],
  ]);
  const check = async (got: Tensor, expected: unknown): Promise<void> =>
    expect(await got.toArray()).toEqual(expected);

  it('does what its classics do', async () => {
    await check(einsum('ij->ji', x), await x.transpose().toArray());
    await check(einsum('ji', x), await x.transpose().toArray());
    await check(einsum('ij->', x), 21);
    await check(einsum('ij->j', x), [5, 7, 9]);
    await check(einsum('ii', square), 5);
    await check(einsum('ii->i', square), [1, 4]);
    await check(einsum('ij,ij->i', x, x), [14, 77]);
    await check(einsum('i,i', [1, 2], [3, 4]), 11);
    await check(einsum('i,j', [1, 2], [3, 4]), [
      [3, 4],
      [6, 8],
    ]);
    await check(einsum('ij,jk', square, x), [
      [9, 12, 15],
      [19, 26, 33],
    ]);
    await check(einsum('...ij,...jk->...ik', ones([3, 1, 2, 2]), ones([4, 2, 1])).at(2, 3), [
      [2],
      [2],
    ]);
    await check(einsum('i...->...', x), [5, 7, 9]);
    await check(einsum('iii->i', ones([2, 2, 2])), [1, 1]);
    await check(einsum(',i,->i', 2, [1, 2], 3), [6, 12]);
    await check(einsum('', 7), 7);
    await check(einsum('ij,jk->ik', zeros([2, 0]), zeros([0, 1])), [[0], [0]]);
  });

  it('multiplies pairs as matrices, those of the smallest result first', () => {
    const [a, b, c] = [zeros([100, 3]), zeros([3, 100]), zeros([100, 2])];
    const computing = (result: Tensor): [name: string, shape: Shape][] =>
      topologicalOrder([result.node])
        .filter(({ primitive }) => ['matMul', 'mul', 'sum'].includes(primitive))
        .map(({ primitive, shape }) => [primitive, shape]);
    expect(computing(einsum('ij,jk,kl->il', a, b, c))).toEqual([
      ['matMul', [3, 2]],
      ['matMul', [100, 2]],
    ]);
    const [queries, keys] = [ones([2, 5, 3, 4]), ones([2, 6, 3, 4])];
    expect(computing(einsum('bqhd,bkhd->bhqk', queries, keys))).toEqual([['matMul', [2, 3, 5, 6]]]);
    expect(computing(einsum('ij,ij->i', a, a))).toEqual([
      ['mul', [100, 3]],
      ['sum', [100]],
    ]);
  });

  refuse(ArgumentError, [
    [() => einsum('ij'), 'einsum: needs at least one operand.'],
    [() => einsum('ij,jk', x), 'einsum: the number of operands in "ij,jk" is 2, got 1.'],
    [() => einsum('ij->i->j', x), 'einsum: "ij->i->j" has more than one arrow.'],
    [() => einsum('i1->i', x), 'einsum: "i1" in "i1->i" must be letters, one for each axis'],
    [() => einsum('i..j', x), 'einsum: "i..j" in "i..j" must be letters'],
    [() => einsum('...i...', x), 'einsum: "...i..." in "...i..." must be letters'],
    [() => einsum('ij->k', x), 'einsum: "k" is in no operand but in the result of "ij->k".'],
    [() => einsum('ij->ii', x), 'einsum: "i" occurs twice in the result of "ij->ii".'],
    [() => einsum('...j->j', x), 'einsum: operands of "...j->j" have axes under an ellipsis'],
  ]);
  refuse(ShapeError, [
    [
      () => einsum('ijk', x),
      'einsum: operand 0 of "ijk" must have rank 3 for "ijk", got shape [2, 3].',
    ],
    [
      () => einsum('i,...ijk', [1], x),
      'einsum: operand 1 of "i,...ijk" must have at least rank 3 for "...ijk", got shape [2, 3].',
    ],
    [
      () => einsum('ij,jk', x, square),
      'einsum: "j" in "ij,jk" is 3 in operand 0, [2, 3], but 2 in operand 1, [2, 2].',
    ],
    [() => einsum('ii', x), 'einsum: "i" in "ii" is 2 in operand 0, [2, 3], but 3 in operand 0'],
    [() => einsum('...i,...i', ones([2, 1]), ones([3, 1])), 'einsum: shapes [2] and [3] do not'],
  ]);
  refuse(DataTypeError, [
    [() => einsum('i', tensor([true])), 'einsum: got bool, expected a numeric dtype.'],
    [
      () => einsum('i,i', tensor([1]), tensor([1], { dtype: 'int32' })),
      'einsum: operands have dtypes float32 and int32; cast one of them',
    ],
  ]);
});
