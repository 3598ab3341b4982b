import type { Plan } from '@gradus/core/backend';
import type { Target } from '../codegen/environment.js';
import { tablePlaces } from '../codegen/plan-module.js';
import type { Engine } from './engine.js';
import type { DeviceMemory } from './memory.js';
import { PlanParameters } from './parameters.js';
import { PlanTimes } from './plan-times.js';
import type { TableRange } from './thread-instances.js';

/** What a plan has of its device for as long as it can be run. */
export class Reservation {
  readonly parameters: PlanParameters;
  /** Where its kernels write down how long they take, if the device measures them. */
  readonly times: PlanTimes | undefined;
  /** Where its epilogues are in the tables of threads. */
  readonly places: TableRange;
  readonly #engine: Engine;

  /** Reserves everything, or throws an `OutOfMemoryError` and reserves nothing. */
  constructor(plan: Plan, memory: DeviceMemory, engine: Engine) {
    this.#engine = engine;
    this.parameters = new PlanParameters(plan, memory, engine);
    try {
      this.times = engine.profile ? new PlanTimes(plan, memory) : undefined;
    } catch (error) {
      this.parameters.release();
      throw error;
    }
    this.places = engine.reserve(tablePlaces(plan));
  }

  /** What the plan is to be compiled for. */
  get target(): Target {
    return { ...this.#engine.target(this.places), times: this.times?.place.address };
  }

  /** Gives everything back. */
  release(): void {
    this.parameters.release();
    this.times?.release();
    this.#engine.release(this.places);
  }
}
