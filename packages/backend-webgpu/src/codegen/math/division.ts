import { timesPowerOfTwo } from './exponential.js';
import { floatFunction, isNan, nanBits, withSign } from './float-function.js';

/**
 * a − b·⌊a / b⌋ without rounding: the remainder with the sign of b, by long division of the
 * mantissas, 8 bits a turn.
 */
export const mod = floatFunction('mod', ['a', 'b'], (types) => {
  const { f, i, u } = types;
  const magnitude = (x: string): string => `(bitcast<${i}>(${x}) & ${i}(0x7fffffff))`;
  const mantissa = (x: string): string =>
    `${u}((${x} & ${i}(0x7fffff)) | select(${i}(0), ${i}(0x800000), ${x} > ${i}(0x7fffff)))`;
  return `
let x = ${magnitude('a')};let y = ${magnitude('b')};
let e = max(y >> ${u}(23), ${i}(1));var n = max(x >> ${u}(23), ${i}(1)) - e;
let less = n < ${i}(0);let m = max(${mantissa('y')}, ${u}(1));var r = ${mantissa('x')} % m;
while (any(n > ${i}(0))) {
let k = clamp(n, ${i}(0), ${i}(8));r = (r << ${u}(k)) % m;n -= k;
}
let size = e - ${i}(150);
${timesPowerOfTwo(types, `${f}(r)`, 'size')}
let rest = ${withSign(types, 'select(scaled, abs(a), less)', 'a')};
let moved = (rest != ${f}(0)) & ((rest < ${f}(0)) != (b < ${f}(0)));
let bad = (y == ${i}(0)) | (x == ${i}(0x7f800000)) | ${isNan(types, 'a', 'b')};
return select(select(rest, rest + b, moved), bitcast<${f}>(x | ${i}(${nanBits})), bad);`;
});

/** ⌊a / b⌋: where the quotient is small enough to be told from its neighbours, without its error. */
export const floorDiv = floatFunction(
  'floorDiv',
  ['a', 'b'],
  ({ f, of }) =>
    `let q = a / b;let r = ${of(mod)}(a, b);let near = (abs(q) < ${f}(${2 ** 22})) & (abs(b) < ${f}(1e38));` +
    `return select(floor(q), select(round((a - r) / b), floor(q * 0.5), r == a), near);`,
  [mod],
);
