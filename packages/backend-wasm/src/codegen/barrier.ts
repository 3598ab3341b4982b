import {
  i32,
  i64,
  memory,
  type FunctionReference,
  type ModuleBuilder,
} from '../assembler/index.js';

/**
 * Where threads find each other, in bytes from the start of their memory: far enough apart not to
 * share a cache line, nor the pair of lines that processors fetch together.
 */
export const meetingPoint = {
  /** How many threads have come to the barrier. */
  arrived: 128,
  /** How often all have come: who waits waits for this to change. */
  generation: 256,
  /** Not 0 when a thread is gone for good. */
  aborted: 384,
} as const;

const signature = { parameters: { threads: 'i32' }, result: 'i32' } as const;

/**
 * Some thirty microseconds: about what going to sleep and being woken takes. With a third of that,
 * steps with many small kernels took a tenth to a fifth longer on an idle machine.
 */
const spins = 50_000;

/** A lost wake-up or an abort costs no more than this, in nanoseconds. */
const longestSleep = 100_000_000n;

/**
 * A function that returns when all `threads` have called it, or when the run was aborted: then it
 * returns 1, else 0.
 */
export function barrierFunction(module: ModuleBuilder): FunctionReference<typeof signature> {
  const { arrived, generation, aborted } = meetingPoint;
  return module.function('barrier', signature, (body, { threads }) => {
    const before = body.let(i32.atomic.load(0, generation), 'before');
    const isWaiting = (): Parameters<typeof body.while>[0] =>
      i32.eq(i32.atomic.load(0, generation), before);
    const others = i32.atomic.rmw.add(0, 1, arrived);
    body.if(i32.eq(others, i32.sub(threads, 1)), () => {
      body.emit(i32.atomic.store(0, 0, arrived));
      body.drop(i32.atomic.rmw.add(0, 1, generation));
      body.drop(memory.atomic.notify(0, threads, generation));
      body.return(0);
    });
    const left = body.let(i32.const(spins), 'left');
    body.while(i32.and(isWaiting(), i32.gt_s(left, 0)), () => body.increase(left, -1));
    body.while(isWaiting(), () => {
      body.if(i32.atomic.load(0, aborted), () => body.return(1));
      body.drop(memory.atomic.wait32(0, before, i64.const(longestSleep), generation));
    });
    return i32.atomic.load(0, aborted);
  });
}
