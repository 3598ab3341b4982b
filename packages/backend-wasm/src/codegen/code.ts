import type { Expression, ValueType } from '../assembler/index.js';

/** A piece of WebAssembly that computes a value; core's expressions are what it is made from. */
export type Code<Type extends ValueType = ValueType> = Expression<Type>;
