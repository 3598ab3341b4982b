import type { Plan } from '../backend/kernels.js';
import { TraceError } from '../errors.js';
import type { GraphNode } from '../graph/node.js';
import { getDefaultDevice, mixedDevices, type Device } from '../runtime/device.js';
import { boundDevice, startRealizing } from '../runtime/realize.js';
import { currentTrace } from '../runtime/trace.js';
import type { VersionedVariable } from '../runtime/variable-version.js';
import {
  argumentLeaves,
  parseArgument,
  signatureOf,
  type Argument,
  type Passed,
} from './arguments.js';
import { Program } from './program.js';

/** Where a compiled function runs. */
export interface CompileOptions {
  /** The default device of the moment of each call when left out. */
  readonly device?: Device;
}

/** A traced function: calling it enqueues one run. */
export interface CompiledFunction<Args extends readonly unknown[], Result> {
  /**
   * Runs the program. Variables advance when it is called, not when it is awaited; the promise
   * resolves with the results once they have been computed.
   */
  (...args: { [Position in keyof Args]: Passed<Args[Position]> }): Promise<Result>;
  /** The plan that a call with such arguments runs. */
  plan(...args: { [Position in keyof Args]: Passed<Args[Position]> }): Plan;
  /** How many programs have been traced: one per signature. */
  readonly traces: number;
}

/**
 * Traces `fn`, once for every combination of argument shapes and dtypes, into a program that runs
 * as one plan. Tensors, typed and nested arrays, numbers and random keys are run-time inputs;
 * strings and booleans are part of the signature. Variables that `fn` reads and assigns are
 * updated in place.
 *
 * Throws a `TraceError` when `fn` is async, reads values, captures a random key, or lets a traced
 * tensor escape.
 */
export function compile<Args extends readonly unknown[], Result>(
  fn: (...args: Args) => Result,
  options: CompileOptions = {},
): CompiledFunction<Args, Result> {
  const programs = new Map<string, Program>();
  const declared: VersionedVariable[] = [];

  const prepare = (args: readonly unknown[]): { program: Program; parsed: Argument[] } => {
    if (currentTrace() !== undefined) {
      throw new TraceError(
        'A compiled function is called while another one is traced: call the plain function there.',
      );
    }
    const parsed = args.map((arg, index) => parseArgument(arg, `argument ${index + 1}`));
    const signature = parsed.map(signatureOf).join(', ');
    let program = programs.get(signature);
    if (program === undefined) {
      program = new Program(fn, parsed, declared);
      programs.set(signature, program);
    }
    return { program, parsed };
  };

  const call = (...args: readonly unknown[]): Promise<Result> => {
    const { program, parsed } = prepare(args);
    const leaves = parsed.flatMap((arg) => [...argumentLeaves(arg)]);
    const nodes = leaves.filter((leaf) => typeof leaf !== 'number');
    const device = chosenDevice(program, nodes, options.device);
    // Before any variable advances: none of them is worse off for a device that is gone.
    if (device.failure !== undefined) return Promise.reject(device.failure);
    // Arguments that are still expressions are computed first; if they fail, so does the program.
    startRealizing(nodes, device).catch(() => undefined);
    const { result, settled } = program.run(device, leaves);
    return settled.then(() => result as Result);
  };

  return Object.defineProperties(call, {
    plan: {
      value: (...args: readonly unknown[]): Plan => {
        const { program, parsed } = prepare(args);
        const nodes = parsed.flatMap((arg) => [...argumentLeaves(arg)]);
        const given = nodes.filter((leaf) => typeof leaf !== 'number');
        return program.plan(chosenDevice(program, given, options.device));
      },
    },
    traces: { get: () => programs.size },
  }) as unknown as CompiledFunction<Args, Result>;
}

/** The device that the program's variables and arguments live on; they must agree. */
function chosenDevice(
  program: Program,
  args: readonly GraphNode[],
  preferred: Device | undefined,
): Device {
  let device = preferred;
  for (const each of [...program.devices, boundDevice(args)]) {
    if (each === undefined) continue;
    if (device !== undefined && device !== each) throw mixedDevices(device, each);
    device = each;
  }
  return device ?? getDefaultDevice();
}
