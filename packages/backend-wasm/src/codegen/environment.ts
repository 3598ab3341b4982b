import type { DataType, Plan } from '@gradus/core/backend';
import {
  f32,
  f32x4,
  f64,
  i32,
  i32x4,
  type FunctionReference,
  type Limits,
  type ModuleBuilder,
} from '../assembler/index.js';
import { multiplySignature } from '../gemm/index.js';
import type { Code } from './code.js';
import type { HostOperation } from './host-operations.js';

const hostSignature = {
  parameters: { operation: 'i32', a: 'f64', b: 'f64', c: 'f64' },
  result: 'f64',
} as const;

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
}

/** What the kernels of one plan share. */
export class Environment {
  readonly module: ModuleBuilder;
  readonly plan: Plan;
  readonly target: Target;
  /** `multiply` of the engine module. */
  readonly multiply: FunctionReference<typeof multiplySignature>;
  /** Those that kernels have asked for, by the number that names them. */
  readonly hostOperations: HostOperation[] = [];
  /** The kernels that thread 0 computes alone. */
  readonly single = new Set<FunctionReference>();
  readonly #compute: FunctionReference<typeof hostSignature>;
  readonly #epilogues: FunctionReference[] = [];

  /** Adds the imports of a plan's module, from `engine` and `host`. */
  constructor(module: ModuleBuilder, plan: Plan, target: Target) {
    module.importMemory('engine', 'memory', target.memory);
    module.importTable('engine', 'table', { initial: 0 });
    this.multiply = module.importFunction('engine', 'multiply', multiplySignature);
    this.#compute = module.importFunction('host', 'compute', hostSignature);
    this.module = module;
    this.plan = plan;
    this.target = target;
  }

  /** Those that kernels have added to the table. */
  get epilogues(): readonly FunctionReference[] {
    return this.#epilogues;
  }

  /** Adds a function to the device's table: at which position. */
  addEpilogue(epilogue: FunctionReference): number {
    return this.target.tableOffset + this.#epilogues.push(epilogue) - 1;
  }

  /** One lane of an operation that JavaScript computes. */
  compute(operation: HostOperation, inputs: readonly Code<'f64'>[]): Code<'f64'> {
    const [a = f64.const(0), b = f64.const(0), c = f64.const(0)] = inputs;
    return this.#compute.call({ operation: this.#number(operation), a, b, c });
  }

  #number({ operation, dtype }: HostOperation): number {
    const found = this.hostOperations.findIndex(
      (known) => known.operation === operation && known.dtype === dtype,
    );
    return found >= 0 ? found : this.hostOperations.push({ operation, dtype }) - 1;
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

/** One lane as a number, as core's scalar functions take it. */
export function laneToNumber(dtype: DataType, vector: Code<'v128'>, lane: number): Code<'f64'> {
  if (dtype === 'float32') return f64.promote_f32(f32x4.extract_lane(vector, lane));
  const integer = i32x4.extract_lane(vector, lane);
  if (dtype === 'bool') return f64.convert_i32_s(i32.and(integer, 1));
  return dtype === 'uint32' ? f64.convert_i32_u(integer) : f64.convert_i32_s(integer);
}

/** A vector with one lane replaced by a number of `dtype`. */
export function replaceLane(
  dtype: DataType,
  vector: Code<'v128'>,
  number: Code<'f64'>,
  lane: number,
): Code<'v128'> {
  if (dtype === 'float32') return f32x4.replace_lane(vector, f32.demote_f64(number), lane);
  const integer = dtype === 'int32' ? i32.trunc_sat_f64_s(number) : i32.trunc_sat_f64_u(number);
  return i32x4.replace_lane(vector, dtype === 'bool' ? i32.sub(0, integer) : integer, lane);
}
