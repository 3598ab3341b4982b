import { isFloating, isInteger, tensor, where, type DataType, type Tensor } from '@gradus/core';
import type { Inputs, Range } from '../inputs.js';
import type { OperationOfArity } from '../operations.js';
import type { BackendTests } from '../suite.js';
import {
  exact,
  nearlyExact,
  transcendental,
  transcendentalNearZero,
  type Tolerance,
} from '../tolerances.js';

/** How an operation is tested: on which dtypes, on which numbers, how closely. */
interface Row<Arity extends number> {
  readonly names: readonly OperationOfArity<Arity>[];
  readonly accepts: (dtype: DataType) => boolean;
  readonly range?: Range;
  /** For the right operand, where it differs. */
  readonly right?: Range;
  readonly tolerance?: Tolerance;
}

const any = (): boolean => true;
const isNumber = (dtype: DataType): boolean => dtype !== 'bool';
const isLogical = (dtype: DataType): boolean => dtype === 'bool' || isInteger(dtype);

const unaryRows: readonly Row<1>[] = [
  { names: ['neg', 'abs', 'sign', 'relu'], accepts: isNumber },
  { names: ['floor', 'ceil', 'round'], accepts: isFloating },
  { names: ['not'], accepts: isLogical },
  { names: ['sqrt'], accepts: isFloating, range: { minimum: 0 }, tolerance: nearlyExact },
  {
    names: ['exp', 'expm1', 'tanh', 'sigmoid', 'erf'],
    accepts: isFloating,
    range: { minimum: -9, maximum: 9 },
    tolerance: transcendental,
  },
  {
    names: ['log1p'],
    accepts: isFloating,
    range: { minimum: -0.9, maximum: 50 },
    tolerance: transcendental,
  },
  {
    names: ['log'],
    accepts: isFloating,
    range: { minimum: 0.01, maximum: 50 },
    tolerance: transcendentalNearZero,
  },
  {
    names: ['sin', 'cos'],
    accepts: isFloating,
    range: { minimum: -7, maximum: 7 },
    tolerance: transcendentalNearZero,
  },
];

const binaryRows: readonly Row<2>[] = [
  { names: ['add', 'sub', 'mul'], accepts: isNumber },
  {
    names: ['div'],
    accepts: isFloating,
    right: { minimum: 0.1, maximum: 3 },
    tolerance: nearlyExact,
  },
  {
    names: ['floorDiv', 'mod'],
    accepts: isNumber,
    range: { minimum: 0, maximum: 200 },
    right: { minimum: 3, maximum: 17 },
    tolerance: { units: 64, scale: 'largest' },
  },
  {
    names: ['pow'],
    accepts: isFloating,
    range: { minimum: 0.1, maximum: 5 },
    right: { minimum: -3, maximum: 3 },
    tolerance: { units: 128 },
  },
  { names: ['maximum', 'minimum'], accepts: any },
  { names: ['less', 'lessEqual', 'equal', 'notEqual'], accepts: any },
  { names: ['and', 'or', 'xor'], accepts: isLogical },
  { names: ['shiftLeft', 'shiftRight'], accepts: isInteger, right: { minimum: 0, maximum: 8 } },
];

/** Pairs of shapes that broadcast, with extents of 0 and 1, primes and scalars. */
const broadcasts = [
  [[7], [7]],
  [[], [13]],
  [
    [3, 1, 5],
    [2, 1],
  ],
  [
    [1, 1],
    [4, 3],
  ],
  [
    [0, 3],
    [1, 3],
  ],
] as const;

/** Integers over most of their range, so that results wrap. */
const integerRange: Partial<Record<DataType, Range>> = {
  int32: { minimum: -(2 ** 31), maximum: 2 ** 31 },
  uint32: { minimum: 0, maximum: 2 ** 32 },
  uint8: { minimum: 0, maximum: 256 },
};

function operands(inputs: Inputs, row: Row<2>, dtype: DataType): [Tensor, Tensor][] {
  const wide = integerRange[dtype];
  const left = row.range ?? wide ?? {};
  const right = row.right ?? row.range ?? wide ?? {};
  return broadcasts.map(([one, other]) => [
    withTies(inputs, one, dtype, left),
    withTies(inputs, other, dtype, right),
  ]);
}

/** Small integers half of the time, so that equal and zero operands are frequent. */
function withTies(inputs: Inputs, shape: readonly number[], dtype: DataType, range: Range): Tensor {
  const values = inputs.tensor(shape, dtype, range);
  if (dtype === 'bool') return values;
  const { minimum = -2, maximum = 2 } = range;
  const least = Math.max(Math.ceil(minimum), -2);
  const whole = inputs.tensor(shape, 'int32', { minimum: least, maximum: Math.min(maximum, 4) });
  const choice = inputs.tensor(shape, 'bool');
  // Computed apart: casts have tests of their own.
  return where(choice, values, whole.cast(dtype));
}

/** Elementwise primitives over all dtypes, broadcast shapes, ties and wrapping integers. */
export function elementwise(tests: BackendTests): void {
  for (const row of unaryRows) {
    for (const name of row.names) {
      for (const dtype of tests.dtypes(row.accepts)) {
        const range = row.range ?? integerRange[dtype] ?? {};
        const build = (inputs: Inputs): Tensor[] =>
          [[], [1], [97], [3, 0, 2], [5, 7]].map((shape) =>
            inputs.tensor(shape, dtype, range)[name](),
          );
        const { tolerance = exact } = row;
        tests.expression(`${name} of ${dtype}`, build, { tolerance });
      }
    }
  }
  for (const row of binaryRows) {
    for (const name of row.names) {
      for (const dtype of tests.dtypes(row.accepts)) {
        const build = (inputs: Inputs): Tensor[] =>
          operands(inputs, row, dtype).map(([left, right]) => left[name](right));
        const { tolerance = exact } = row;
        tests.expression(`${name} of ${dtype}`, build, { tolerance });
      }
    }
  }
  for (const dtype of tests.dtypes()) {
    tests.expression(`where of ${dtype}`, (inputs) => [
      where(
        inputs.tensor([3, 1, 5], 'bool'),
        inputs.tensor([2, 1], dtype),
        inputs.tensor([5], dtype),
      ),
      where(inputs.tensor([], 'bool'), inputs.tensor([4], dtype), inputs.tensor([4], dtype)),
      where(inputs.tensor([0], 'bool'), inputs.tensor([0], dtype), inputs.tensor([1], dtype)),
    ]);
  }
  casts(tests);
}

/** Casts between all pairs of dtypes, on numbers that both can hold and on some that not. */
function casts(tests: BackendTests): void {
  for (const from of tests.dtypes()) {
    for (const to of tests.dtypes()) {
      if (from === to) continue;
      tests.expression(`cast of ${from} to ${to}`, (inputs) => {
        const range = isFloating(from)
          ? { minimum: -300, maximum: 300 }
          : (integerRange[from] ?? {});
        return [
          inputs.tensor([61], from, range).cast(to),
          tensor([0, 1, 0.75, 1.5, 2, 127, 255], { dtype: from }).cast(to),
        ];
      });
    }
  }
}
