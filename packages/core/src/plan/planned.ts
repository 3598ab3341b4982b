import type { Capabilities, Executable } from '../backend/backend.js';
import type { Plan } from '../backend/kernels.js';
import { doAtOnce, type Pieces } from '../runtime/turns.js';
import { detached, type GraphDescription } from './describe.js';
import { assertDataTypes, planInPieces } from './plan-graph.js';

/** A plan, made when it is first needed, and its executable, once the backend has compiled it. */
export class CachedPlan {
  executable: Executable | undefined;
  readonly #capabilities: Capabilities;
  /** What is to be planned, until it has been. */
  #description: GraphDescription | undefined;
  #plan: Plan | undefined;

  /** A plan to be made. Throws a `DeviceError` for dtypes that the device does not compute in. */
  constructor(description: GraphDescription, capabilities: Capabilities) {
    assertDataTypes(description, capabilities);
    this.#description = detached(description);
    this.#capabilities = capabilities;
  }

  /** Whether the plan has been made. */
  get exists(): boolean {
    return this.#plan !== undefined;
  }

  /** The plan, made now if need be. */
  get plan(): Plan {
    return doAtOnce(this.pieces());
  }

  /** Makes the plan if need be. */
  *pieces(): Pieces<Plan> {
    if (this.#description !== undefined) {
      const plan = yield* planInPieces(this.#description, this.#capabilities);
      // Somebody may have needed it at once meanwhile.
      this.#plan ??= plan;
      this.#description = undefined;
    }
    return this.#plan!;
  }
}
