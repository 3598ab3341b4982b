import type { Plan } from '@gradus/core/backend';
import type { FunctionReference, Limits, ModuleBuilder } from '../assembler/index.js';
import { engineSignatures, type EngineFunctions } from '../engine.js';
import type { Library } from './library.js';

/** What a plan is compiled for. */
export interface Target {
  /** The limits of the device's memory. */
  readonly memory: Limits;
  /** How many bytes each thread has for itself. */
  readonly threadByteLength: number;
  /** Whether the engine multiplies and adds in one instruction. */
  readonly fusedMultiplyAdd: boolean;
  /** From where on the device's table has room for the plan's epilogues. */
  readonly tableOffset: number;
  /** Where the time of each kernel is added up, if it is measured; see `timesLayout`. */
  readonly times?: number | undefined;
}

/** What the kernels of one plan share. */
export class Environment {
  readonly module: ModuleBuilder;
  readonly plan: Plan;
  readonly target: Target;
  readonly library: Library;
  readonly engine: EngineFunctions;
  /** The kernels that thread 0 computes alone. */
  readonly single = new Set<FunctionReference>();
  readonly #epilogues: FunctionReference[] = [];

  /** Adds the imports of a plan's module, from `engine`. */
  constructor(module: ModuleBuilder, plan: Plan, target: Target, library: Library) {
    module.importMemory('engine', 'memory', target.memory);
    module.importTable('engine', 'table', { initial: 0 });
    this.engine = Object.fromEntries(
      Object.entries(engineSignatures).map(([name, signature]) => [
        name,
        module.importFunction('engine', name, signature),
      ]),
    ) as unknown as EngineFunctions;
    this.module = module;
    this.plan = plan;
    this.target = target;
    this.library = library;
  }

  /** Those that kernels have added to the table. */
  get epilogues(): readonly FunctionReference[] {
    return this.#epilogues;
  }

  /** Adds a function to the device's table: at which position. */
  addEpilogue(epilogue: FunctionReference): number {
    return this.target.tableOffset + this.#epilogues.push(epilogue) - 1;
  }
}

/** Where a plan's parameters have what, in bytes. */
export const parameterLayout = {
  /** The address of the threads' own memory, one behind the other. */
  threads: 0,
  buffer: (buffer: number): number => 4 * (1 + buffer),
  scalar: ({ buffers }: Plan, position: number): number => 4 * (1 + buffers.length + position),
  byteLength: ({ buffers, scalars }: Plan): number => 4 * (1 + buffers.length + scalars.length),
} as const;
