import type { Target } from '../codegen/environment.js';
import { engineModule, threadByteLength } from '../engine.js';
import type { DeviceMemory } from './memory.js';

/**
 * Whether the WebAssembly engine multiplies and adds in one instruction: a module of one function
 * with `f32x4.relaxed_madd`, which engines without relaxed SIMD refuse.
 */
function hasFusedMultiplyAdd(): boolean {
  const probe = [
    ...[0, 97, 115, 109, 1, 0, 0, 0], // header
    ...[1, 5, 1, 96, 0, 1, 123], // type: () → v128
    ...[3, 2, 1, 0], // function 0 has it
    ...[10, 19, 1, 17, 0, 65, 0, 253, 17, 65, 0, 253, 17, 65, 0, 253, 17, 253, 133, 2, 11],
  ];
  return WebAssembly.validate(new Uint8Array(probe));
}

/** What all plans of a device call: the engine module, and the table that it finds epilogues in. */
export class Engine {
  readonly table = new WebAssembly.Table({ element: 'anyfunc', initial: 0 });
  readonly fusedMultiplyAdd = hasFusedMultiplyAdd();
  readonly #memory: DeviceMemory;
  readonly #threadByteLength: number;
  /** Where places for so many epilogues have become free. */
  readonly #free = new Map<number, number[]>();
  #imports: WebAssembly.ModuleImports | undefined;
  #threads: number | undefined;

  /** An engine on a memory; it is compiled when it is first needed. */
  constructor(memory: DeviceMemory) {
    this.#memory = memory;
    this.#threadByteLength = threadByteLength(this.fusedMultiplyAdd);
  }

  /** Where the threads' own memory is. */
  get threadMemory(): number {
    return (this.#threads ??= this.#memory.reserve(this.#threadByteLength, 'the kernels'));
  }

  /** What plans import from `engine`. */
  get imports(): WebAssembly.ModuleImports {
    return (this.#imports ??= this.#instantiate());
  }

  /** What a plan is compiled for, with room for so many epilogues until `release`. */
  reserve(places: number): Target {
    const tableOffset = this.#free.get(places)?.pop() ?? this.table.grow(places);
    const { limits } = this.#memory;
    const { fusedMultiplyAdd } = this;
    const target = { memory: limits, threadByteLength: this.#threadByteLength, tableOffset };
    return { ...target, fusedMultiplyAdd };
  }

  /** Gives the places of a plan back. */
  release({ tableOffset }: Target, places: number): void {
    for (let place = 0; place < places; place++) this.table.set(tableOffset + place, null);
    this.#free.set(places, [...(this.#free.get(places) ?? []), tableOffset]);
  }

  #instantiate(): WebAssembly.ModuleImports {
    const { memory, limits } = this.#memory;
    const { table, fusedMultiplyAdd } = this;
    const module = new WebAssembly.Module(engineModule(limits, { fusedMultiplyAdd }));
    const { exports } = new WebAssembly.Instance(module, { engine: { memory, table } });
    return { memory, table, multiply: exports['multiply']! };
  }
}
