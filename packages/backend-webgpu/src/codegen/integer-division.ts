import type { Helper } from './helpers.js';
import { vectorOf } from './types.js';

/** A division of i32 that rounds towards −∞; `result` is made of d = b or 1, q = a / d and r = a − q·d. */
function division(name: string, result: (type: string, moved: string) => string): Helper {
  return {
    name,
    write: (written, lanes) => {
      const i = vectorOf('i32', lanes);
      const moved = `(r != ${i}(0)) & ((r ^ b) < ${i}(0))`;
      return (
        `fn ${written}(a: ${i}, b: ${i}) -> ${i} {let d = select(b, ${i}(1), b == ${i}(0));` +
        `let q = a / d;let r = a - q * d;return select(${result(i, moved)}, ${i}(0), b == ${i}(0));}`
      );
    },
  };
}

/** ⌊a / b⌋, 0 where b is 0. */
export const floorDivide = division(
  'floorDivide',
  (i, moved) => `q - select(${i}(0), ${i}(1), ${moved})`,
);

/** a − b·⌊a / b⌋, 0 where b is 0. */
export const floorModulo = division(
  'floorModulo',
  (i, moved) => `r + select(${i}(0), b, ${moved})`,
);
