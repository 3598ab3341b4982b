import { DeviceError } from '@gradus/core/backend';
import type { Stage } from '../codegen/shader.js';
import { allErrors, watch } from './watch.js';

/** A shader ready to be dispatched. */
export interface Pipeline {
  readonly pipeline: GPUComputePipeline;
  readonly layout: GPUBindGroupLayout;
}

const visibility = 4; // GPUShaderStage.COMPUTE

/** The compiled shaders of a device, which all plans share. */
export class Pipelines {
  readonly #device: GPUDevice;
  readonly #layouts = new Map<string, GPUBindGroupLayout>();
  readonly #pipelines = new Map<string, Promise<Pipeline>>();

  /** None so far. */
  constructor(device: GPUDevice) {
    this.#device = device;
  }

  /** How many different shaders have been compiled. */
  get count(): number {
    return this.#pipelines.size;
  }

  /** Compiles a stage, or finds it. Rejects with a `DeviceError` that names it. */
  async get(stage: Stage): Promise<Pipeline> {
    let pipeline = this.#pipelines.get(stage.source);
    if (pipeline === undefined) {
      pipeline = this.#compile(stage);
      this.#pipelines.set(stage.source, pipeline);
      pipeline.catch(() => this.#pipelines.delete(stage.source));
    }
    return pipeline;
  }

  async #compile(stage: Stage): Promise<Pipeline> {
    const device = this.#device;
    const layout = this.#layoutOf(stage);
    let module!: GPUShaderModule;
    let pipeline!: Promise<GPUComputePipeline>;
    const errors = watch(device, allErrors, () => {
      module = device.createShaderModule({ label: stage.name, code: stage.source });
      pipeline = device.createComputePipelineAsync({
        label: stage.name,
        layout: device.createPipelineLayout({ bindGroupLayouts: [layout] }),
        compute: { module, entryPoint: 'main' },
      });
    });
    try {
      return { pipeline: await pipeline, layout };
    } catch (cause) {
      const { messages } = await module.getCompilationInfo();
      const told = messages.map(({ lineNum, message }) => `line ${lineNum}: ${message}`);
      throw new DeviceError(
        `The shader of the kernel "${stage.name}" did not compile: ` +
          `${told.join('; ') || ((await errors) ?? (cause as Error)).message}.`,
        { cause },
      );
    }
  }

  #layoutOf({ bindings, usesScalars }: Stage): GPUBindGroupLayout {
    const types: GPUBufferBindingType[] = bindings.map(({ readOnly }) =>
      readOnly ? 'read-only-storage' : 'storage',
    );
    if (usesScalars) types.push('uniform');
    const key = types.join();
    let layout = this.#layouts.get(key);
    if (layout === undefined) {
      const entries = types.map((type, binding) => ({ binding, visibility, buffer: { type } }));
      layout = this.#device.createBindGroupLayout({ entries });
      this.#layouts.set(key, layout);
    }
    return layout;
  }
}
