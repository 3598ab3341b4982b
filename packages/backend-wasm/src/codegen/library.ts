import type { Kernel, KernelKind, ScalarOperation } from '@gradus/core/backend';
import type { VectorFunction } from '../math/vector.js';
import type { Environment } from './environment.js';
import type { KernelFunction } from './kernel-function.js';

/**
 * Writes a kernel in stages: before each, all threads have finished the one before. Undefined where
 * it takes the complete library.
 */
export type KernelWriter<Kind extends KernelKind = KernelKind> = (
  environment: Environment,
  kernel: Extract<Kernel, { readonly kind: Kind }>,
) => readonly KernelFunction[] | undefined;

/** What plans are written with. */
export interface Library {
  readonly kernels: { readonly [Kind in KernelKind]?: KernelWriter<Kind> };
  /** What takes more than one instruction, of float32. */
  readonly functions: Readonly<Partial<Record<ScalarOperation, VectorFunction>>>;
}
