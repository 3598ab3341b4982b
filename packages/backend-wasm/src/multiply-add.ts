import { f32x4, type Expression } from './assembler/index.js';

/** `a·b + c`, with one rounding if the engine has the instruction. */
export type MultiplyAdd = (
  a: Expression<'v128'>,
  b: Expression<'v128'>,
  c: Expression<'v128'>,
) => Expression<'v128'>;

/** What multiplies and adds in all kernels of a module. */
export function multiplyAddOf(fusedMultiplyAdd: boolean): MultiplyAdd {
  return fusedMultiplyAdd
    ? (a, b, c) => f32x4.relaxed_madd(a, b, c)
    : (a, b, c) => f32x4.add(c, f32x4.mul(a, b));
}
