import type { KernelTime } from '../backend/backend.js';
import type { Kernel, KernelKind, Plan } from '../backend/kernels.js';
import type { CachedPlan } from '../plan/planned.js';
import type { Device } from '../runtime/device.js';
import { executableOf } from '../runtime/run.js';

/** A kernel of a plan, and how long it has taken. */
export interface KernelProfile extends KernelTime {
  /** The primitives that it was fused from. */
  readonly name: string;
  readonly kind: KernelKind;
}

/** A plan as a device has compiled it. */
export interface CompiledPlan {
  readonly plan: Plan;
  /** The code that it became, as text; empty where the backend does not show it. */
  readonly source: readonly string[];
  /**
   * The times of the plan's kernels, in their order, over all runs so far, where the device was
   * opened with its option `profile` (`await wasm({ profile: true })`), else undefined.
   */
  readonly profile: readonly KernelProfile[] | undefined;
}

/** Compiles a plan if need be, behind everything asked of the device before, and describes it. */
export async function compiledPlan(device: Device, planned: CachedPlan): Promise<CompiledPlan> {
  await device.enqueue(function* () {
    yield* executableOf(device, planned);
  });
  const { plan } = planned;
  const executable = planned.executable!;
  const source = (await executable.source?.()) ?? [];
  const profile = executable.profile?.();
  return { plan, source, profile: profile?.map((time, at) => named(plan.kernels[at]!, time)) };
}

function named({ name, kind }: Kernel, time: KernelTime): KernelProfile {
  return { name, kind, ...time };
}
