import type { Plan } from './backend/kernels.js';
import { describeGraph } from './plan/describe.js';
import { planGraph, type PlanOptions } from './plan/plan-graph.js';
import type { MemoryReport } from './backend/backend.js';
import { getDefaultDevice, type Device } from './runtime/device.js';
import { boundDevice, realizeNodes } from './runtime/realize.js';
import { reading } from './runtime/trace.js';
import type { GraphHandle } from './handle.js';

/**
 * Computes tensors and variables together, in one plan, after all assignments made so far.
 * Resolves when the values have arrived. A realised tensor is data: it lets go of what it was
 * computed from, so take gradients before.
 */
export function realize(...handles: readonly GraphHandle[]): Promise<void> {
  return reading(async () => realizeNodes(handles.map(({ node }) => node)));
}

/** The plan that computing these tensors would run, without running it. */
export function planOf(
  handles: readonly GraphHandle[],
  options: { device?: Device } & Partial<PlanOptions> = {},
): Plan {
  const outputs = handles.map(({ node }) => node);
  const device = options.device ?? boundDevice(outputs) ?? getDefaultDevice();
  const description = describeGraph({ outputs, updates: [] }, () => false);
  return planGraph(description, device.capabilities, { fuse: options.fuse ?? true });
}

/** Live buffers and bytes of a device (the default one when left out). */
export function memoryInfo(device: Device = getDefaultDevice()): MemoryReport {
  return device.memory();
}
