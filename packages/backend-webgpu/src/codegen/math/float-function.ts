import { nameOf, type Helper } from '../helpers.js';
import { vectorOf, type Lanes } from '../types.js';

/** The WGSL types of floats, signed and unsigned integers, in as many lanes as a function has. */
export interface Types {
  readonly f: string;
  readonly i: string;
  readonly u: string;
  /** What a helper for as many lanes is called. */
  readonly of: (helper: Helper) => string;
}

/** The types in so many lanes. */
export function typesOf(lanes: Lanes): Types {
  return {
    f: vectorOf('f32', lanes),
    i: vectorOf('i32', lanes),
    u: vectorOf('u32', lanes),
    of: (helper) => nameOf(helper, lanes),
  };
}

/**
 * A function of floats.
 *
 * @param parameters Their names.
 * @param body The statements; all that it calls is in `needs`.
 */
export function floatFunction(
  name: string,
  parameters: readonly string[],
  body: (types: Types) => string,
  needs: readonly Helper[] = [],
): Helper {
  return {
    // Not to be taken for what WGSL calls so itself.
    name: `${name}_`,
    needs,
    write: (written, lanes) => {
      const types = typesOf(lanes);
      const list = parameters.map((each) => `${each}: ${types.f}`).join(', ');
      return `fn ${written}(${list}) -> ${types.f} {${body(types)}}`;
    },
  };
}

/**
 * WGSL of c₀ + c₁x + c₂x² + … by Horner's scheme. The coefficients in this folder are minimax ones,
 * computed and rounded as those of the WASM backend.
 */
export function polynomial(x: string, coefficients: readonly number[]): string {
  return coefficients.reduceRight(
    (sum, coefficient) => (sum === '' ? `${coefficient}` : `(${sum} * ${x} + ${coefficient})`),
    '',
  );
}

/** Bits without the sign. */
const magnitudeMask = 0x7fffffff;
/** The bits of 2⁻¹²⁶: smaller numbers may be taken for zeros. */
export const leastNormalBits = 0x800000;
/** The bits of ∞: what is greater, without sign, is NaN. */
export const infinityBits = 0x7f800000;
/** Of a quiet NaN: any bits joined with these are one. */
export const nanBits = 0x7fc00000;

/** Whether any of the operands is NaN, by their bits: compilers may hold that there is none. */
export function isNan({ i }: Pick<Types, 'i'>, ...operands: readonly string[]): string {
  const magnitude = operands
    .map((operand) => `(bitcast<${i}>(${operand}) & ${i}(${magnitudeMask}))`)
    .reduce((one, other) => `max(${one}, ${other})`);
  return `(${magnitude} > ${i}(${infinityBits}))`;
}

/** `value`, or `x` where that is NaN. */
export function unlessNan(types: Types, value: string, x = 'x'): string {
  return `select(${value}, ${x}, ${isNan(types, x)})`;
}

/** `value`, which is not negative, with the sign of `x`. */
export function withSign({ f, u }: Types, value: string, x = 'x'): string {
  return `bitcast<${f}>(bitcast<${u}>(${value}) | (bitcast<${u}>(${x}) & ${u}(0x80000000)))`;
}

/**
 * 2ⁿ of a normal exponent, an integer of WGSL. A product takes the place of a shift, which CPUs do
 * element by element.
 */
export function powerOfTwo({ f, i }: Types, n: string): string {
  return `bitcast<${f}>((${n} + ${i}(127)) * ${i}(${2 ** 23}))`;
}
