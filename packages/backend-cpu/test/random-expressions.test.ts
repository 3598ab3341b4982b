import { expect, it } from 'vitest';
import * as fc from 'fast-check';
import { roundTo, sizeOf, type Expression, type ScalarOperation } from '@gradus/core/backend';
import { constant, index, load, operation, planOf, scalar, strided } from './support/build.js';
import { evaluateAt, pointsOf } from './support/reference.js';
import { edgeValues, modes, runPlan } from './support/run.js';

type Computed = 'float32' | 'float64' | 'int32' | 'uint32' | 'bool';
const types: readonly Computed[] = ['float32', 'float64', 'int32', 'uint32', 'bool'];
const arithmetic: readonly ScalarOperation[] = ['add', 'sub', 'mul', 'maximum', 'minimum'];
const unary: readonly ScalarOperation[] = ['neg', 'abs', 'sign', 'floor', 'relu'];
const floating: readonly ScalarOperation[] = [
  'div',
  'exp',
  'log1p',
  'sqrt',
  'sigmoid',
  'erf',
  'round',
];
const integer: readonly ScalarOperation[] = [
  'floorDiv',
  'mod',
  'and',
  'xor',
  'shiftLeft',
  'shiftRight',
];
const comparisons: readonly ScalarOperation[] = ['less', 'lessEqual', 'equal', 'notEqual'];
const arityOfUnary = new Set<ScalarOperation>([
  ...unary,
  'exp',
  'log1p',
  'sqrt',
  'sigmoid',
  'erf',
  'round',
]);

const shapes = fc.array(fc.integer({ min: 1, max: 4 }), { maxLength: 3 });

/**
 * Grows a program of a few statements by choosing operations and earlier values of the right type
 * from a list of random numbers, so that sub-expressions are shared as core shares them.
 */
function grow(choices: readonly number[], shape: readonly number[]): Expression[] {
  let next = 0;
  const choose = <T>(list: readonly T[]): T =>
    list[choices[next++ % choices.length]! % list.length]!;
  const values = new Map<Computed, Expression[]>();
  const size = sizeOf(shape);
  for (const [position, dtype] of types.entries()) {
    const strides = shape.map((_, axis) =>
      choose([0, 1]) === 0 ? 0 : sizeOf(shape.slice(axis + 1)),
    );
    const inRange = operation(
      'less',
      'bool',
      strided(strides),
      constant(Math.ceil(size / 2), 'int32'),
    );
    values.set(dtype, [
      load(position, strided(strides), dtype),
      load(
        position,
        strided(
          strides.map((stride) => -stride),
          size - 1,
        ),
        dtype,
        inRange,
      ),
      constant(choose(edgeValues[dtype]), dtype),
      scalar(position, dtype),
      ...(dtype === 'int32' ? shape.map((_, axis) => index(axis)) : []),
    ]);
  }
  const pick = (dtype: Computed): Expression => choose(values.get(dtype)!);
  for (let step = 0; step < 30; step++) {
    const dtype = choose(types);
    const other = choose(types);
    const special = dtype === 'bool' ? comparisons : dtype.startsWith('float') ? floating : integer;
    const name = choose([
      ...arithmetic,
      ...unary,
      ...special,
      'where',
      'cast',
    ] as ScalarOperation[]);
    const made: Expression =
      name === 'where'
        ? operation(name, dtype, pick('bool'), pick(dtype), pick(dtype))
        : name === 'cast'
          ? operation(name, dtype, pick(other))
          : comparisons.includes(name)
            ? operation(name, dtype, pick(other), pick(other))
            : arityOfUnary.has(name)
              ? operation(name, dtype, pick(dtype))
              : operation(name, dtype, pick(dtype), pick(dtype));
    values.get(dtype)!.push(made);
  }
  // As float64, which shows what a store to the dtype itself would round away.
  return types.map((dtype) => operation('cast', 'float64', values.get(dtype)!.at(-1)!));
}

/** An edge value or, half of the time, an ordinary one. */
function valueOf(dtype: Computed, seed: number): number {
  const edges = edgeValues[dtype];
  const ordinary = ((seed * 7919) % 20011) / 97;
  return seed % 2 === 0 ? edges[(seed / 2) % edges.length]! : roundTo[dtype](ordinary);
}

it('random programs give the bits of the definitions, as functions and as closures', () => {
  fc.assert(
    fc.property(
      shapes,
      fc.array(fc.nat(), { minLength: 20, maxLength: 200 }),
      fc.array(fc.nat(), { minLength: 5, maxLength: 5 }),
      (shape, choices, seeds) => {
        const size = sizeOf(shape);
        const roots = grow(choices, shape);
        const inputs = types.map((dtype, position) =>
          Array.from({ length: size }, (_, i) => valueOf(dtype, seeds[position]! + i * 7)),
        );
        const scalars = types.map((dtype, position) => edgeValues[dtype][seeds[position]! % 2]!);
        const plan = planOf(
          [
            ...types.map((dtype) => ({ role: 'input', length: size, dtype }) as const),
            ...types.map(() => ({ role: 'output', length: size, dtype: 'float64' }) as const),
          ],
          [
            {
              kind: 'map',
              name: 'random',
              shape,
              outputs: roots.map((value, position) => ({ buffer: types.length + position, value })),
            },
          ],
          types,
        );
        const expected = roots.map((root) =>
          pointsOf(shape).map((point) => evaluateAt(root, point, { buffers: inputs, scalars })),
        );
        for (const [, generateCode] of modes) {
          expect(runPlan(plan, inputs, scalars, generateCode).outputs).toEqual(expected);
        }
      },
    ),
    { numRuns: 300 },
  );
});
