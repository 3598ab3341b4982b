import type { Executable } from '../backend/backend.js';
import type { Plan } from '../backend/kernels.js';

/** A plan and, once the backend has compiled it, its executable. */
export interface CachedPlan {
  readonly plan: Plan;
  executable: Executable | undefined;
}
