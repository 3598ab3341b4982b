import { GradusError, type CompiledPlan, type Device } from '@gradus/core';

/** Work that is timed: what goes in is new in every round, and what comes out is verified. */
export interface Workload {
  readonly name: string;
  /** What it computes, in a line for people. */
  readonly description: string;
  /**
   * Makes it ready to run on a device.
   *
   * @param reference A device of another kind, for results that are verified by computing them
   *   again.
   */
  start(device: Device, reference: Device): StartedWorkload;
}

/** A workload on a device. */
export interface StartedWorkload {
  /**
   * Floating-point operations of a run; those of training steps are the multiplications and
   * additions in products and convolutions, zeros of the padding included.
   */
  readonly operations: number;
  /** Makes the inputs of a round, in the host's memory. Rounds are 0, 1, 2, … in this order. */
  prepare(round: number): PreparedRound;
}

/** The numbers that a run computes. */
export type WorkloadResult = ArrayLike<number> & Iterable<number>;

/** A round with its inputs. */
export interface PreparedRound {
  /** What is timed: hands the inputs over, computes, and fetches the result. */
  run(): Promise<WorkloadResult>;
  /** Rejects with a `WorkloadError` unless that is the result. */
  verify(result: WorkloadResult): Promise<void>;
  /** The plan that `run` runs. */
  compiled(): Promise<CompiledPlan>;
}

/** A result that is not right. */
export class WorkloadError extends GradusError {
  override readonly name = 'WorkloadError';

  /** What is not right, and what would be. */
  constructor(message: string) {
    super('WORKLOAD', message);
  }
}
