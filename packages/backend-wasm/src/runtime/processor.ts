import type { WarmUp } from '../warm-up.js';
import type { RunPlace } from './messages.js';
import { ThreadInstances, type PlanBinary } from './thread-instances.js';
import { soon, warmUp } from './warm-up.js';

/** What a processor needs to know of a plan. */
export interface LoadedPlan extends PlanBinary {
  /** Whether thread 0 computes all of it. */
  readonly single: boolean;
}

/** A plan where it can be run. */
export interface Program {
  /** Runs it to the end: at once where that is done on the calling thread. */
  run(place: RunPlace): void | Promise<void>;
  dispose(): void;
}

/** What runs plans: the calling thread, or workers. */
export interface Processor {
  load(plan: LoadedPlan): Program;
  /** Has the kernels of the engine module optimised, when there is nothing else to do. */
  warmUp(plan: WarmUp): void;
  /** Stops; what is running rejects with `reason`. */
  stop(reason: Error): void;
}

/** The thread that asks for a run computes it. */
export class CallingThread implements Processor {
  readonly #engine: () => Uint8Array<ArrayBuffer>;
  readonly #memory: WebAssembly.Memory;
  #module: WebAssembly.Module | undefined;
  #instances: ThreadInstances | undefined;
  #stopped = false;

  /** Runs plans on `memory`. The engine module is compiled with the first of them. */
  constructor(engine: () => Uint8Array<ArrayBuffer>, memory: WebAssembly.Memory) {
    this.#engine = engine;
    this.#memory = memory;
  }

  /** Instantiates a plan. */
  load({ module, places }: LoadedPlan): Program {
    const instances = (this.#instances ??= this.#start());
    const run = instances.instantiate({ module, places });
    return {
      run: ({ parameters }) => run(parameters, 0, 1),
      dispose: () => instances.clear(places),
    };
  }

  /** Does what a worker would, bit by bit, between other things. */
  warmUp(plan: WarmUp): void {
    soon(() => {
      if (!this.#stopped) warmUp(this.#compiled(), plan);
    });
  }

  /** Between two calls there is nothing to stop. */
  stop(): void {
    this.#stopped = true;
  }

  #start(): ThreadInstances {
    return new ThreadInstances(this.#compiled(), this.#memory);
  }

  #compiled(): WebAssembly.Module {
    return (this.#module ??= new WebAssembly.Module(this.#engine()));
  }
}
