import { describe, expect, it } from 'vitest';
import {
  scalarFunction,
  scalarOperations,
  type Expression,
  type ScalarOperation,
} from '@gradus/core/backend';
import { constant, index, load, operation, planOf } from './support/build.js';
import { edgeValues, modes, runPlan } from './support/run.js';

type StoredType = keyof typeof edgeValues;
const dtypes = Object.keys(edgeValues) as StoredType[];
const comparisons: ScalarOperation[] = ['less', 'lessEqual', 'equal', 'notEqual'];
const operations = Object.keys(scalarOperations) as ScalarOperation[];
const ordinary = operations.filter((name) => !['cast', 'threefry', 'where'].includes(name));

/** Every tuple of one element of each list. */
function tuples(lists: readonly (readonly number[])[]): number[][] {
  return lists.reduce<number[][]>(
    (heads, list) => heads.flatMap((head) => list.map((value) => [...head, value])),
    [[]],
  );
}

/**
 * Checks one operation on every combination of edge values. The result is stored as float64, which
 * shows what a store to its own dtype would round away.
 */
function check(
  expression: (operands: Expression[]) => Expression,
  reference: (...operands: number[]) => number,
  inputs: readonly StoredType[],
  generateCode: boolean,
): void {
  const cases = tuples(inputs.map((dtype) => edgeValues[dtype]));
  const shape = [cases.length];
  const outputBuffer = inputs.length;
  const expected = cases.map((operands) => reference(...operands));
  const operands = inputs.map((dtype, position) => load(position, index(0), dtype));
  const plan = planOf(
    [
      ...inputs.map((dtype) => ({ role: 'input', length: cases.length, dtype }) as const),
      { role: 'output', length: cases.length, dtype: 'float64' },
    ],
    [
      {
        kind: 'map',
        name: 'operation',
        shape,
        outputs: [
          { buffer: outputBuffer, value: operation('cast', 'float64', expression(operands)) },
        ],
      },
    ],
  );
  const columns = inputs.map((_, position) => cases.map((operands) => operands[position]!));
  expect(runPlan(plan, columns, [], generateCode).outputs[0]).toEqual(expected);
}

describe.each(modes)('%s', (_, generateCode) => {
  describe.each(dtypes)('on %s', (dtype) => {
    it.each(ordinary)('%s means what scalarFunction says', (name) => {
      const output = comparisons.includes(name) ? 'bool' : dtype;
      check(
        (operands) => operation(name, output, ...operands),
        scalarFunction(name, output),
        Array.from({ length: scalarOperations[name].arity }, () => dtype),
        generateCode,
      );
    });

    it('where chooses by a bool', () => {
      check(
        (operands) => operation('where', dtype, ...operands),
        scalarFunction('where', dtype),
        ['bool', dtype, dtype],
        generateCode,
      );
    });

    it.each(dtypes)('cast from %s', (from) => {
      check(
        (operands) => operation('cast', dtype, ...operands),
        scalarFunction('cast', dtype),
        [from],
        generateCode,
      );
    });

    it('constants stand for themselves, also as operands of every operation', () => {
      for (const value of edgeValues[dtype]) {
        check(
          () => constant(value, dtype),
          () => value,
          [dtype],
          generateCode,
        );
        check(
          ([a]) => operation('sub', dtype, constant(value, dtype), a!),
          (a) => scalarFunction('sub', dtype)(value, a),
          [dtype],
          generateCode,
        );
        check(
          ([a]) => operation('neg', dtype, operation('maximum', dtype, a!, constant(value, dtype))),
          (a) => scalarFunction('neg', dtype)(scalarFunction('maximum', dtype)(a, value)),
          [dtype],
          generateCode,
        );
      }
    });
  });

  it.each([0, 1] as const)('threefry, word %i', (word) => {
    check(
      (inputs) => ({ op: 'threefry', dtype: 'uint32', inputs, word }),
      scalarFunction('threefry', 'uint32', word),
      ['uint32', 'uint32', 'uint32', 'uint32'],
      generateCode,
    );
  });
});
