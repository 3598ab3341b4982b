import { i32, type FunctionBody } from '../../assembler/index.js';
import { contextByteLength } from '../../engine.js';
import type { Code } from '../code.js';
import { parameterLayout, type Environment } from '../environment.js';
import { kernelSignature, type KernelFunction } from '../kernel-function.js';
import { partOf } from '../loops.js';

/** What a thread knows when it runs a stage. */
export interface ThreadShare {
  readonly parameters: Code<'i32'>;
  /** The start of its own scratch memory. */
  readonly scratch: Code<'i32'>;
  /** Those of all threads that work on the stage; the others' follow in steps of `scratchStride`. */
  readonly firstScratch: Code<'i32'>;
  readonly scratchStride: number;
  readonly threads: Code<'i32'>;
  /** Its part of the stage's units; the end is exclusive. */
  readonly from: Code<'i32'>;
  readonly to: Code<'i32'>;
}

/** How the work of a stage is shared out. */
export interface Work {
  readonly name: string;
  readonly units: number;
  /** Whether thread 0 does it alone. */
  readonly single: boolean;
}

/** A stage of a kernel that needs memory of each thread's own. */
export function threadStage(
  environment: Environment,
  { name, units, single }: Work,
  write: (body: FunctionBody, share: ThreadShare) => void,
): KernelFunction {
  const scratchStride = environment.target.threadByteLength;
  const stage = environment.module.function(name, kernelSignature, (body, given) => {
    const { parameters, thread, threads } = given;
    const everything = (count: Code<'i32'>): void => {
      const all = i32.add(i32.load(parameters, parameterLayout.threads), contextByteLength);
      const firstScratch = body.let(all, 'firstScratch');
      const own = i32.add(firstScratch, i32.mul(thread, scratchStride));
      const scratch = body.let(own, 'scratch');
      const part = partOf(units, single ? undefined : { number: thread, count });
      const [from, to] = [body.let(part.from, 'from'), body.let(part.to, 'to')];
      const shared = { parameters, firstScratch, scratchStride, threads: count };
      write(body, { ...shared, scratch, from, to });
    };
    if (single) body.if(i32.eqz(thread), () => everything(i32.const(1)));
    else everything(threads);
  });
  if (single) environment.single.add(stage);
  return stage;
}
