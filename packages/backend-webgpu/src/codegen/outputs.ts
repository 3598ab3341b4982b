import { bytesPerElement, type KernelOutput, type Plan } from '@gradus/core/backend';
import type { Evaluator } from './evaluator.js';
import type { ScratchPlace } from './scratch.js';
import { Shader, workgroupIndex, type ShaderContext, type Stage } from './shader.js';
import type { Lanes } from './types.js';

/** Whether elements of a buffer share words with their neighbours. */
export function isPacked({ buffers }: Plan, buffer: number): boolean {
  return bytesPerElement(buffers[buffer]!.dtype) === 1;
}

/**
 * Stores all outputs of a kernel at element `position` (an i32 name), or at the four from there on.
 * All are computed first, since one may overwrite what another reads.
 */
export function storeOutputs(
  evaluator: Evaluator,
  shader: Shader,
  outputs: readonly KernelOutput[],
  position: string,
  lanes: Lanes,
): void {
  const values = outputs.map(({ value }) => evaluator.lanesOf(value, lanes));
  outputs.forEach(({ buffer }, index) => {
    evaluator.block.emit(shader.store(buffer, position, values[index]!, lanes));
  });
}

/**
 * The outputs of a kernel whose invocations compute one element each. Elements of 8 bits are kept a
 * word each at first: two invocations must not write to one word.
 */
export class SingleOutputs {
  readonly #context: ShaderContext;
  readonly #outputs: readonly KernelOutput[];
  readonly #words = new Map<number, ScratchPlace>();

  /** Reserves words for those of 8 bits. */
  constructor(context: ShaderContext, outputs: readonly KernelOutput[]) {
    this.#context = context;
    this.#outputs = outputs;
    for (const { buffer } of outputs) {
      if (!isPacked(context.plan, buffer)) continue;
      const { length } = context.plan.buffers[buffer]!;
      this.#words.set(buffer, context.scratch.reserve('uint32', Math.ceil(length / 4) * 4));
    }
  }

  /** Stores all outputs at element `position`. */
  store(evaluator: Evaluator, shader: Shader, position: string): void {
    const values = this.#outputs.map(({ value }) => evaluator.scalar(value));
    this.#outputs.forEach(({ buffer }, index) => {
      const words = this.#words.get(buffer);
      const value = words === undefined ? values[index]! : `u32(${values[index]!})`;
      evaluator.block.emit(shader.store(words ?? buffer, position, value, 1));
    });
  }

  /** What is left to do when all have been stored: packing words. */
  packing(): Stage[] {
    return [...this.#words].map(([buffer, words]) => {
      const shader = new Shader(this.#context);
      const { dtype, length } = this.#context.plan.buffers[buffer]!;
      const position = shader.body.let(`i32(${workgroupIndex} * 64u + local) * 4`, 'p');
      shader.body.emit(`if (${position} >= ${length}) { return; }`);
      const loaded = shader.load(words, position, 4);
      const value = dtype === 'bool' ? `${loaded} != vec4<u32>(0u)` : loaded;
      shader.body.emit(shader.store(buffer, position, value, 4));
      return shader.finish('pack', 64, Math.ceil(length / 256));
    });
  }
}
