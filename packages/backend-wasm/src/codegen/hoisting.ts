import type { Expression } from '@gradus/core/backend';

/** What can be computed from an expression, and then be used by deeper loops. */
export type Kind =
  /** Four lanes along the vector axis, or the same value in all of them. */
  | 'vector'
  /** An int32 (or bool as 0 or 1) that is the same in all lanes: its value in lane 0. */
  | 'scalar'
  /** The same with the vector axis at 0. */
  | 'origin'
  /** The address of a load with the vector axis at 0. */
  | 'pointer';

/** Something to compute as soon as the loops that it depends on are open. */
export interface Wanted {
  readonly kind: Kind;
  readonly expression: Expression;
}

/** By the level at which they can be computed: how many loops must be open. */
export type Plans = ReadonlyMap<number, readonly Wanted[]>;
