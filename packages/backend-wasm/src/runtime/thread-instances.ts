/** Places in the table of epilogues. */
export interface TableRange {
  readonly offset: number;
  readonly length: number;
}

/** A plan's module with what it needs to become an instance. */
export interface PlanBinary {
  readonly module: WebAssembly.Module;
  /** Where its epilogues are. */
  readonly places: TableRange;
}

/** Does the part of `thread` of a plan, as the module of every plan exports it. */
export type Run = (parameters: number, thread: number, threads: number) => void;

/** What plans that measure themselves call. */
const host = { now: () => performance.now() };

/** The instances of one thread: of the engine module, and of the plans that call it. */
export class ThreadInstances {
  readonly #table = new WebAssembly.Table({ element: 'anyfunc', initial: 0 });
  readonly #engine: WebAssembly.ModuleImports;

  /** An instance of the engine module on a memory. */
  constructor(engine: WebAssembly.Module, memory: WebAssembly.Memory) {
    const table = this.#table;
    const { exports } = new WebAssembly.Instance(engine, { engine: { memory, table } });
    this.#engine = { memory, table, ...exports };
  }

  /** The `run` of a plan. */
  instantiate({ module, places }: PlanBinary): Run {
    const missing = places.offset + places.length - this.#table.length;
    if (missing > 0) this.#table.grow(missing);
    const imports = { engine: this.#engine, host };
    return new WebAssembly.Instance(module, imports).exports['run'] as Run;
  }

  /** Lets go of a plan's epilogues. */
  clear({ offset, length }: TableRange): void {
    for (let place = 0; place < length; place++) this.#table.set(offset + place, null);
  }
}
