import type { DataType, ScalarOperation } from '@gradus/core/backend';

/** A value of a program, by number. */
export type Register = number;

/** What a register can be defined as. */
export type Value =
  | {
      readonly kind: 'operation';
      readonly operation: ScalarOperation;
      readonly dtype: DataType;
      readonly inputs: readonly Register[];
      readonly word: 0 | 1;
    }
  | {
      readonly kind: 'load';
      /** Position among the arrays that the program runs on. */
      readonly array: number;
      readonly index: Register;
      /** Where it is 0 the value is 0 and the array is not touched. */
      readonly mask?: Register | undefined;
    };

/** One step of a program. */
export type Statement =
  | { readonly kind: 'define'; readonly target: Register; readonly value: Value }
  /** A register that `assign` may change, unlike all others. */
  | { readonly kind: 'variable'; readonly target: Register; readonly initial: Register }
  | { readonly kind: 'assign'; readonly target: Register; readonly source: Register }
  | {
      readonly kind: 'store';
      readonly array: number;
      readonly index: Register;
      readonly value: Register;
      readonly mask?: Register | undefined;
    }
  | {
      readonly kind: 'loop';
      readonly index: Register;
      readonly from: Register;
      /** Exclusive. */
      readonly to: Register;
      readonly step: number;
      readonly body: readonly Statement[];
    };

/**
 * A kernel as loops over scalar steps: what is left to do is to write it down as JavaScript
 * (`generate.ts`) or to walk it with closures (`interpret.ts`).
 */
export interface Program {
  /** What it does, for people. */
  readonly name: string;
  /** How many registers it uses. */
  readonly registers: number;
  /** The registers that hold constants. */
  readonly constants: ReadonlyMap<Register, number>;
  readonly statements: readonly Statement[];
}

/** Any typed array that a program can read and write numbers through. */
export type NumberArray =
  Float32Array | Float64Array | Int32Array | Uint32Array | Uint16Array | Uint8Array;

/** A program ready to run. */
export interface CompiledProgram {
  /** Runs it on `arrays`, which the loads and stores name by position. */
  run(arrays: readonly NumberArray[]): void;
  /** The code, or a note that there is none, for people. */
  readonly source: string;
}

/** Makes a program ready to run: `generateProgram` or `interpretProgram`. */
export type Translate = (program: Program) => CompiledProgram;
