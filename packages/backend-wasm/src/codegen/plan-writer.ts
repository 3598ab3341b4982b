import { doAtOnce, doInTurns, type Plan } from '@gradus/core/backend';
import { fetchCompleteLibrary } from '../on-demand.js';
import { commonLibrary } from './common-library.js';
import type { Target } from './environment.js';
import type { Library } from './library.js';
import { planModule, type PlanModule } from './plan-module.js';

/** Writes plans with what is at hand of the library. */
export class PlanWriter {
  #library: Library;

  /** Begins with what nearly every plan is written with, if nothing else is given. */
  constructor(library = commonLibrary) {
    this.#library = library;
  }

  /** Writes a plan, and fetches the complete library where it takes that. */
  async write(plan: Plan, target: Target): Promise<PlanModule> {
    const library = this.#library;
    try {
      return await doInTurns(planModule(plan, target, library));
    } catch (error) {
      const complete = await fetchCompleteLibrary();
      if (library === complete) throw error;
      this.#library = complete;
      return doInTurns(planModule(plan, target, complete));
    }
  }

  /** Writes a plan, if it takes no more than what is at hand. */
  writeSync(plan: Plan, target: Target): PlanModule {
    return doAtOnce(planModule(plan, target, this.#library));
  }
}
