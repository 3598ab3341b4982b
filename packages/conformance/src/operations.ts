import type { Tensor } from '@gradus/core';
import type { ScalarOperation, scalarOperations } from '@gradus/core/backend';

/** The scalar operations of so many operands that are methods of a tensor under the same name. */
export type OperationOfArity<Arity extends number> = {
  [
    Name in Exclude<ScalarOperation, 'cast'> & keyof Tensor
  ]: (typeof scalarOperations)[Name]['arity'] extends Arity ? Name : never;
}[Exclude<ScalarOperation, 'cast'> & keyof Tensor];
