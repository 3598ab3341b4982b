import { primitiveKinds, type PrimitiveName } from '@gradus/core';
import { expect, expectTypeOf, test } from 'vitest';
import { rules } from '../src/rules/index.js';
import type { RuleTable } from '../src/rules/rule.js';

test('there is a rule for each primitive, and none for anything else', () => {
  expect(Object.keys(rules).sort()).toEqual(Object.keys(primitiveKinds).sort());
});

test('a table that lacks one does not compile', () => {
  expectTypeOf<keyof RuleTable>().toEqualTypeOf<PrimitiveName>();
  expectTypeOf<Omit<RuleTable, 'relu'>>().not.toExtend<RuleTable>();
});
