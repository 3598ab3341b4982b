import { ArgumentError, type CompiledPlan, type Device, type KernelProfile } from '@gradus/core';
import type { Workload } from './workload.js';

/** How often a workload is run. */
export interface MeasureOptions {
  /** The rounds that count, at least 1; 20 if not given. */
  readonly rounds?: number | undefined;
  /** Rounds before, while engines are still optimising; 5 if not given. */
  readonly warmups?: number | undefined;
}

/** What came out. */
export interface Measurement {
  /** The median of the rounds, data to and from the device included. */
  readonly milliseconds: number;
  readonly bestMilliseconds: number;
  /** 10⁹ floating-point operations a second, in the median. */
  readonly gflops: number;
  /** The sum over all results of the rounds, in double precision. */
  readonly checksum: number;
  readonly rounds: number;
  /**
   * The plan as it was compiled, with the times of its kernels in these rounds where the device was
   * opened with its option `profile`.
   */
  readonly compiled: CompiledPlan;
}

/**
 * Times a workload on a device: new inputs in every round, each result verified.
 *
 * @param reference A device of another kind, by which steps of training are verified: `cpu()`.
 * @throws WorkloadError when a result is not right, ArgumentError for a number of rounds below 1.
 */
export async function measure(
  workload: Workload,
  device: Device,
  reference: Device,
  { rounds = 20, warmups = 5 }: MeasureOptions = {},
): Promise<Measurement> {
  if (!Number.isInteger(rounds) || rounds < 1) {
    throw new ArgumentError(`measure: rounds must be a whole number of at least 1, got ${rounds}.`);
  }
  const started = workload.start(device, reference);
  const times: number[] = [];
  let checksum = 0;
  let before: readonly KernelProfile[] | undefined;
  for (let round = 0; ; round++) {
    const prepared = started.prepare(round);
    if (round === warmups) before = (await prepared.compiled()).profile;
    const start = performance.now();
    const result = await prepared.run();
    const milliseconds = performance.now() - start;
    await prepared.verify(result);
    if (round < warmups) continue;
    times.push(milliseconds);
    for (const value of result) checksum += value;
    if (times.length < rounds) continue;
    const { plan, source, profile } = await prepared.compiled();
    const compiled = {
      plan,
      source,
      profile: profile?.map((time, at) => since(before?.[at], time)),
    };
    return { ...summary(times, started.operations), checksum, rounds, compiled };
  }
}

function summary(times: readonly number[], operations: number) {
  const sorted = times.toSorted((a, b) => a - b);
  const middle = sorted.length >> 1;
  const [low = NaN, high = NaN] = [sorted[sorted.length - 1 - middle], sorted[middle]];
  const milliseconds = (low + high) / 2;
  return { milliseconds, bestMilliseconds: sorted[0]!, gflops: operations / milliseconds / 1e6 };
}

/** What a kernel took after the warm-up. */
function since(before: KernelProfile | undefined, after: KernelProfile): KernelProfile {
  if (before === undefined) return after;
  return {
    ...after,
    calls: after.calls - before.calls,
    milliseconds: after.milliseconds - before.milliseconds,
    waitMilliseconds: after.waitMilliseconds - before.waitMilliseconds,
  };
}
