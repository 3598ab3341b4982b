import type { Binding, Stage } from '../codegen/shader.js';
import type { Pipeline } from './pipelines.js';

/** Part of a buffer. */
export interface Part {
  readonly buffer: GPUBuffer;
  readonly offset: number;
  readonly size: number;
}

/** How many sets of buffers a stage remembers the group of. */
const rememberedGroups = 8;

/** A stage of a plan with its groups of buffers, each made once. */
export class Dispatch {
  readonly #stage: Stage;
  readonly #pipeline: Pipeline;
  readonly #scalars: GPUBuffer | undefined;
  readonly #groups: { readonly parts: readonly Part[]; readonly group: GPUBindGroup }[] = [];

  constructor(stage: Stage, pipeline: Pipeline, scalars: GPUBuffer | undefined) {
    this.#stage = stage;
    this.#pipeline = pipeline;
    this.#scalars = scalars;
  }

  /** Adds the stage to a pass, on the memory that `locate` finds. */
  encode(device: GPUDevice, pass: GPUComputePassEncoder, locate: (binding: Binding) => Part): void {
    const { workgroups } = this.#stage;
    const largest = device.limits.maxComputeWorkgroupsPerDimension;
    const rows = Math.ceil(workgroups / largest);
    pass.setPipeline(this.#pipeline.pipeline);
    pass.setBindGroup(0, this.#group(device, this.#stage.bindings.map(locate)));
    pass.dispatchWorkgroups(Math.ceil(workgroups / rows), rows);
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
    if (this.#stage.usesScalars) resources.push({ buffer: this.#scalars! });
    const group = device.createBindGroup({
      label: this.#stage.name,
      layout: this.#pipeline.layout,
      entries: resources.map((resource, binding) => ({ binding, resource })),
    });
    if (groups.length === rememberedGroups) groups.shift();
    groups.push({ parts, group });
    return group;
  }
}
