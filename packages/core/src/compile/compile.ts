import type { Plan } from '../backend/kernels.js';
import { TraceError } from '../errors.js';
import type { GraphNode } from '../graph/node.js';
import { getDefaultDevice, mixedDevices, type Device } from '../runtime/device.js';
import { boundDevice, startRealizing } from '../runtime/realize.js';
import { currentTrace } from '../runtime/trace.js';
import type { VersionedVariable } from '../runtime/variable-version.js';
import { argumentLeaves, parseArgument, signatureOf, type Passed } from './arguments.js';
import type { CompiledPlan } from './compiled-plan.js';
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
  /**
   * The same plan as the device has compiled it (it does so now if no call has): its code as text,
   * and, on a device that was opened with its option `profile`, the time of each kernel. Resolves
   * behind the runs that were started before.
   */
  compiled(...args: { [Position in keyof Args]: Passed<Args[Position]> }): Promise<CompiledPlan>;
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

  const bind = (args: readonly unknown[]): Bound => {
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
    const leaves = parsed.flatMap((arg) => [...argumentLeaves(arg)]);
    const nodes = leaves.filter((leaf) => typeof leaf !== 'number');
    return { program, leaves, nodes, device: chosenDevice(program, nodes, options.device) };
  };

  const call = (...args: readonly unknown[]): Promise<Result> => {
    const { program, leaves, nodes, device } = bind(args);
    // Before any variable advances: none of them is worse off for a device that is gone.
    if (device.failure !== undefined) return Promise.reject(device.failure);
    // Arguments that are still expressions are computed first; if they fail, so does the program.
    startRealizing(nodes, device).catch(() => undefined);
    const { result, settled } = program.run(device, leaves);
    return settled.then(() => result as Result);
  };

  const plan = (...args: readonly unknown[]): Plan => {
    const { program, device } = bind(args);
    return program.plan(device);
  };

  const compiled = (...args: readonly unknown[]): Promise<CompiledPlan> => {
    const { program, device } = bind(args);
    return program.compiled(device);
  };

  return Object.defineProperties(call, {
    plan: { value: plan },
    compiled: { value: compiled },
    traces: { get: () => programs.size },
  }) as unknown as CompiledFunction<Args, Result>;
}

/** A program for the arguments of a call, and where it runs. */
interface Bound {
  readonly program: Program;
  /** The arguments, numbers included. */
  readonly leaves: readonly (GraphNode | number)[];
  readonly nodes: readonly GraphNode[];
  readonly device: Device;
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
