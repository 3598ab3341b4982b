import type { Binding, Stage } from '../codegen/shader.js';
import type { Pipeline } from './pipelines.js';

/** Part of a buffer. */
export interface Part {
  readonly buffer: GPUBuffer;
  readonly offset: number;
  readonly size: number;
}

/** What has happened on a device so far. */
export interface DispatchCounts {
  dispatches: number;
  bindGroups: number;
}

/** How many sets of buffers a stage remembers the group of. */
const rememberedGroups = 8;

/** A stage of a plan with its groups of buffers, each made once. */
export class Dispatch {
  readonly stage: Stage;
  readonly #pipeline: Pipeline;
  readonly #scalars: GPUBuffer | undefined;
  readonly #counts: DispatchCounts;
  readonly #groups: { readonly parts: readonly Part[]; readonly group: GPUBindGroup }[] = [];

  constructor(
    stage: Stage,
    pipeline: Pipeline,
    scalars: GPUBuffer | undefined,
    counts: DispatchCounts,
  ) {
    this.stage = stage;
    this.#pipeline = pipeline;
    this.#scalars = scalars;
    this.#counts = counts;
  }

  /** Adds the stage to a pass, on the memory that `locate` finds. */
  encode(device: GPUDevice, pass: GPUComputePassEncoder, locate: (binding: Binding) => Part): void {
    const { workgroups, bindings } = this.stage;
    if (workgroups === 0) return;
    const rows = Math.ceil(workgroups / device.limits.maxComputeWorkgroupsPerDimension);
    pass.setPipeline(this.#pipeline.pipeline);
    pass.setBindGroup(0, this.#group(device, bindings.map(locate)));
    pass.dispatchWorkgroups(Math.ceil(workgroups / rows), rows);
    this.#counts.dispatches++;
  }

  #group(device: GPUDevice, parts: readonly Part[]): GPUBindGroup {
    const groups = this.#groups;
    const known = groups.find((each) =>
      each.parts.every(
        ({ buffer, offset }, index) =>
          buffer === parts[index]!.buffer && offset === parts[index]!.offset,
      ),
    );
    if (known !== undefined) return known.group;
    const resources: GPUBufferBinding[] = [...parts];
    if (this.stage.usesScalars) resources.push({ buffer: this.#scalars! });
    const group = device.createBindGroup({
      label: this.stage.name,
      layout: this.#pipeline.layout,
      entries: resources.map((resource, binding) => ({ binding, resource })),
    });
    this.#counts.bindGroups++;
    if (groups.length === rememberedGroups) groups.shift();
    groups.push({ parts, group });
    return group;
  }
}
