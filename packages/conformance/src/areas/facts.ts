import { isFloating, tensor, where, type DataType, type Tensor } from '@gradus/core';
import { checkValues } from '../assertions.js';
import type { OperationOfArity } from '../operations.js';
import { read, type BackendTests } from '../suite.js';
import { exact, transcendental, type Tolerance } from '../tolerances.js';

type UnaryFact = readonly [OperationOfArity<1>, readonly number[], readonly number[], Tolerance?];
type BinaryFact = readonly [
  OperationOfArity<2>,
  readonly number[],
  readonly number[],
  readonly number[],
];

const inf = Infinity;
const least = -(2 ** 31);
const greatest = 2 ** 31 - 1;

/** Results that anybody can check, independent of every definition in code. */
const floatingUnary: readonly UnaryFact[] = [
  ['round', [0.5, 1.5, 2.5, -0.5, -1.5, 2.4, -2.6], [0, 2, 2, 0, -2, 2, -3]],
  ['floor', [1.5, -1.5, 2, -0.25], [1, -2, 2, -1]],
  ['ceil', [1.5, -1.5, 2, -0.25], [2, -1, 2, 0]],
  ['sign', [-3, 0, 7, -inf, NaN], [-1, 0, 1, -1, NaN]],
  ['abs', [-3, 0, -inf, NaN], [3, 0, inf, NaN]],
  ['neg', [inf, NaN, 1.5], [-inf, NaN, -1.5]],
  ['relu', [-1, 0, 2, -inf, inf, NaN], [0, 0, 2, 0, inf, NaN]],
  ['sqrt', [0, 1, 4, 2.25, inf, -1, NaN], [0, 1, 2, 1.5, inf, NaN, NaN]],
  ['exp', [0, -inf, inf, NaN], [1, 0, inf, NaN]],
  ['exp', [1, -1], [Math.E, 1 / Math.E], transcendental],
  ['expm1', [0, -inf, inf, NaN], [0, -1, inf, NaN]],
  ['log', [1, 0, inf, -1, NaN], [0, -inf, inf, NaN, NaN]],
  ['log1p', [0, -1, inf, -2, NaN], [0, -inf, inf, NaN, NaN]],
  ['sigmoid', [0, inf, -inf, NaN], [0.5, 1, 0, NaN]],
  ['sigmoid', [1, -1], [0.7310585786300049, 0.2689414213699951], transcendental],
  ['tanh', [0, inf, -inf, NaN], [0, 1, -1, NaN]],
  ['tanh', [0.5, -1], [0.46211715726000974, -0.7615941559557649], transcendental],
  ['erf', [0, inf, -inf, NaN], [0, 1, -1, NaN]],
  [
    'erf',
    [0.5, 1, -2],
    [0.5204998778130465, 0.8427007929497149, -0.9953222650189527],
    transcendental,
  ],
];

/** Where 1 + x rounds to 1, only the real log1p and expm1 have digits left. */
const accurateNearZero: readonly UnaryFact[] = [
  ['log1p', [2 ** -20, -(2 ** -20)], [9.536738616591883e-7, -9.5367477115389e-7], transcendental],
  ['expm1', [2 ** -20, -(2 ** -20)], [9.536747711537455e-7, -9.536738616590436e-7], transcendental],
  ['tanh', [2 ** -20], [9.536743164059608e-7], transcendental],
  ['erf', [2 ** -20], [1.0761062308265404e-6], transcendental],
];

const floatingBinary: readonly BinaryFact[] = [
  ['add', [inf, inf, NaN], [1, -inf, 1], [inf, NaN, NaN]],
  ['mul', [inf, 0, NaN], [-2, inf, 0], [-inf, NaN, NaN]],
  ['div', [1, -1, 0, 6], [0, 0, 0, -1.5], [inf, -inf, NaN, -4]],
  ['floorDiv', [7, -7, 7, -7, 7.5], [2, 2, -2, -2, 2], [3, -4, -4, 3, 3]],
  ['mod', [7, -7, 7, -7, 7.5], [3, 3, -3, -3, 2], [1, 2, -2, -1, 1.5]],
  ['pow', [2, 2, 0, NaN, 1, 4], [3, -1, 0, 0, NaN, 0.5], [8, 0.5, 1, 1, 1, 2]],
  ['maximum', [1, NaN, 1, -inf, inf], [2, 1, NaN, -1, NaN], [2, NaN, NaN, -1, NaN]],
  ['minimum', [1, NaN, 1, -inf, inf], [2, 1, NaN, -1, NaN], [1, NaN, NaN, -inf, NaN]],
  ['less', [1, 1, NaN, 1, -inf], [2, 1, 1, NaN, inf], [1, 0, 0, 0, 1]],
  ['lessEqual', [1, 1, NaN, 1], [2, 1, NaN, NaN], [1, 1, 0, 0]],
  ['equal', [1, NaN, inf, 0], [1, NaN, inf, -0], [1, 0, 1, 1]],
  ['notEqual', [1, NaN, inf], [1, NaN, -inf], [0, 1, 1]],
];

const integerFacts: readonly (readonly [DataType, BinaryFact])[] = [
  ['int32', ['add', [greatest, 5], [1, -7], [least, -2]]],
  ['int32', ['sub', [least, 5], [1, 7], [greatest, -2]]],
  ['int32', ['mul', [65537, 123456789, -3], [65537, 987654321, 4], [131073, -67153019, -12]]],
  ['int32', ['floorDiv', [7, -7, 7, -7, 5], [2, 2, -2, -2, 0], [3, -4, -4, 3, 0]]],
  ['int32', ['mod', [7, -7, 7, -7, 5], [3, 3, -3, -3, 0], [1, 2, -2, -1, 0]]],
  ['int32', ['shiftLeft', [1, 3, -1], [4, 31, 1], [16, least, -2]]],
  ['int32', ['shiftRight', [-16, 16, -1], [2, 2, 31], [-4, 4, -1]]],
  ['int32', ['and', [12, -1], [10, 255], [8, 255]]],
  ['int32', ['xor', [12, -1], [10, 255], [6, -256]]],
  ['int32', ['less', [least, -1], [greatest, 1], [1, 1]]],
  ['uint32', ['add', [4294967295], [2], [1]]],
  ['uint32', ['sub', [1], [2], [4294967295]]],
  ['uint32', ['mul', [65537, 4294967295], [65537, 4294967295], [131073, 1]]],
  ['uint32', ['shiftRight', [4294967295, 2147483648], [28, 31], [15, 1]]],
  ['uint32', ['floorDiv', [4294967295, 7], [2, 0], [2147483647, 0]]],
  ['uint32', ['less', [1, 4294967295], [4294967295, 1], [1, 0]]],
  ['uint32', ['maximum', [1], [4294967295], [4294967295]]],
  ['uint8', ['add', [250, 1], [10, 2], [4, 3]]],
  ['uint8', ['sub', [1], [2], [255]]],
  ['uint8', ['mul', [16, 200], [16, 3], [0, 88]]],
  ['uint8', ['shiftLeft', [129], [1], [2]]],
  ['uint8', ['xor', [255], [1], [254]]],
  ['bool', ['and', [0, 0, 1, 1], [0, 1, 0, 1], [0, 0, 0, 1]]],
  ['bool', ['or', [0, 0, 1, 1], [0, 1, 0, 1], [0, 1, 1, 1]]],
  ['bool', ['xor', [0, 0, 1, 1], [0, 1, 0, 1], [0, 1, 1, 0]]],
];

const castFacts: readonly (readonly [DataType, readonly number[], DataType, readonly number[]])[] =
  [
    ['float32', [1.9, -1.9, NaN, 3e9, -3e9, inf], 'int32', [1, -1, 0, greatest, least, greatest]],
    ['float32', [1.9, -1.9, NaN, 5e9, inf], 'uint32', [1, 0, 0, 4294967295, 4294967295]],
    ['float32', [255.9, 256, -1, NaN], 'uint8', [255, 255, 0, 0]],
    ['float32', [0, 0.25, -1, NaN, inf], 'bool', [0, 1, 1, 1, 1]],
    ['int32', [16777217, -5], 'float32', [16777216, -5]],
    ['uint32', [4294967295, 7], 'float32', [4294967296, 7]],
    ['int32', [-2, 0, 3], 'bool', [1, 0, 1]],
    ['bool', [1, 0], 'float32', [1, 0]],
    ['bool', [1, 0], 'int32', [1, 0]],
    ['uint8', [255, 0], 'int32', [255, 0]],
  ];

/** Facts: rounding, division, wrapping, NaN and infinities, written down as numbers. */
export function facts(tests: BackendTests): void {
  const holds = (
    name: string,
    dtypes: readonly DataType[],
    build: () => Tensor,
    expected: readonly number[],
    tolerance: Tolerance = exact,
  ): void => {
    const body = async (): Promise<void> => {
      const result = build();
      const { shape, dtype } = result;
      checkValues(name, await read(result), { shape, dtype, data: expected }, tolerance);
    };
    tests.test(name, body, { dtypes });
  };
  const binary = (dtype: DataType, [name, left, right, expected]: BinaryFact): void => {
    const build = (): Tensor => tensor([...left], { dtype })[name](tensor([...right], { dtype }));
    holds(`${name}(${left.join()}; ${right.join()}) of ${dtype}`, [dtype], build, expected);
  };
  for (const dtype of tests.dtypes(isFloating)) {
    const unary = ([name, input, expected, tolerance]: UnaryFact): void => {
      const build = (): Tensor => tensor([...input], { dtype })[name]();
      holds(`${name}(${input.join()}) of ${dtype}`, [dtype], build, expected, tolerance);
    };
    floatingUnary.forEach(unary);
    if (dtype !== 'float16') accurateNearZero.forEach(unary);
    for (const fact of floatingBinary) binary(dtype, fact);
  }
  for (const [dtype, fact] of integerFacts) binary(dtype, fact);
  for (const [from, input, to, expected] of castFacts) {
    const build = (): Tensor => tensor([...input], { dtype: from }).cast(to);
    holds(`cast(${input.join()}) of ${from} to ${to}`, [from, to], build, expected);
  }
  holds(
    'where is blind to a NaN it does not choose',
    ['float32', 'bool'],
    () => where([true, false], [1, NaN], [NaN, 2]),
    [1, 2],
  );
  holds(
    'integers beyond 2²⁴ survive',
    ['int32'],
    () => tensor([greatest, least, 16777217], { dtype: 'int32' }).add(0),
    [greatest, least, 16777217],
  );
}
