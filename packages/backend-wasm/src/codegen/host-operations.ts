import { scalarFunction, type DataType, type ScalarOperation } from '@gradus/core/backend';

/** An operation that has no vector code: JavaScript computes it, lane by lane, as core defines it. */
export interface HostOperation {
  readonly operation: ScalarOperation;
  /** Of the result. */
  readonly dtype: DataType;
}

/** What a plan's module imports besides its memory, ready for `WebAssembly.Instance`. */
export function hostImports(operations: readonly HostOperation[]): WebAssembly.ModuleImports {
  const functions = operations.map(({ operation, dtype }) => scalarFunction(operation, dtype));
  return {
    compute: (operation: number, a: number, b: number, c: number) => functions[operation]!(a, b, c),
  };
}
