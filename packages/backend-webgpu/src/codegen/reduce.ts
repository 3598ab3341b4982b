import { sizeOf, type ReduceKernel } from '@gradus/core/backend';
import { Accumulator } from './accumulator.js';
import { accumulate, combineInvocations } from './combine.js';
import { bindCoordinates } from './coordinates.js';
import { Evaluator } from './evaluator.js';
import { SingleOutputs } from './outputs.js';
import { layoutOf, type ReductionLayout } from './reduction-layout.js';
import { Shader, workgroupIndex, type ShaderContext, type Stage } from './shader.js';
import type { ScratchPlace } from './scratch.js';
import { typeOf } from './types.js';

/** A reduction, in two stages where there are few outputs and much to reduce. */
export function reduceStages(context: ShaderContext, kernel: ReduceKernel): Stage[] {
  const count = sizeOf(kernel.shape);
  if (count === 0) return [];
  const layout = layoutOf(kernel);
  const outputs = new SingleOutputs(context, kernel.outputs);
  if (layout.parts === 1) {
    return [reduceStage(context, kernel, layout, outputs), ...outputs.packing()];
  }
  const partial = kernel.reductions.map((reduction): Partial => {
    const length = count * layout.parts;
    const searches = reduction.operation.startsWith('arg');
    return {
      value: context.scratch.reserve(wordType[typeOf(reduction.value.dtype, 1)]!, length),
      ...(searches ? { position: context.scratch.reserve('int32', length) } : {}),
    };
  });
  return [
    reduceStage(context, kernel, layout, partial),
    combineStage(context, kernel, layout.parts, partial, outputs),
    ...outputs.packing(),
  ];
}

/** Where the parts of one reduction are kept. */
interface Partial {
  readonly value: ScratchPlace;
  readonly position?: ScratchPlace;
}

const wordType: Readonly<Record<string, 'float32' | 'float16' | 'int32' | 'uint32'>> = {
  f32: 'float32',
  f16: 'float16',
  i32: 'int32',
  u32: 'uint32',
  bool: 'uint32',
};

function reduceStage(
  context: ShaderContext,
  kernel: ReduceKernel,
  layout: ReductionLayout,
  outputs: SingleOutputs | readonly Partial[],
): Stage {
  const { name, shape, reduceShape } = kernel;
  const count = sizeOf(shape);
  const { invocations, parts, together } = layout;
  const shader = new Shader(context);
  const { body } = shader;
  const evaluator = new Evaluator(shader, shape.length + reduceShape.length);
  const group = parts === 1 ? workgroupIndex : `${workgroupIndex} / ${parts}u`;
  const [lane, output] = together
    ? [`local % ${invocations}u`, `local / ${invocations}u`]
    : [`local / ${layout.outputs}u`, `local % ${layout.outputs}u`];
  const laneName = body.let(`i32(${lane})`, 'lane');
  const wanted = body.let(`i32(${group} * ${layout.outputs}u + ${output})`, 'p');
  const part = parts === 1 ? '0' : body.let(`i32(${workgroupIndex} % ${parts}u)`, 'part');
  // All invocations take part in barriers, those without an output as well.
  bindCoordinates(
    evaluator,
    { first: 0, extents: shape },
    body.let(`min(${wanted}, ${count - 1})`),
  );
  const start = parts === 1 ? laneName : `${laneName} + ${part} * ${invocations}`;
  const found = accumulate(evaluator, shader, kernel, start, invocations * parts);
  if (invocations > 1) combineInvocations(body, shader, found, laneName, layout);
  evaluator.nest(`if (${laneName} == 0 && ${wanted} < ${count})`, () => {
    if (outputs instanceof SingleOutputs) {
      evaluator.bindReduced(found.map(({ result }) => ({ code: result, lanes: 1 })));
      outputs.store(evaluator, shader, wanted);
      return;
    }
    const place = evaluator.block.let(`${wanted} * ${parts} + ${part}`);
    outputs.forEach((partial, index) => {
      const { value, position } = found[index]!.found;
      const word = found[index]!.dtype === 'bool' ? `u32(${value})` : value;
      evaluator.block.emit(shader.store(partial.value, place, word, 1));
      if (position !== undefined) {
        evaluator.block.emit(shader.store(partial.position!, place, position, 1));
      }
    });
  });
  const workgroups = Math.ceil(count / layout.outputs) * parts;
  return shader.finish(name, layout.outputs * invocations, workgroups);
}

function combineStage(
  context: ShaderContext,
  { name, shape, reductions }: ReduceKernel,
  parts: number,
  partial: readonly Partial[],
  outputs: SingleOutputs,
): Stage {
  const count = sizeOf(shape);
  const shader = new Shader(context);
  const { body } = shader;
  const evaluator = new Evaluator(shader, shape.length);
  const position = body.let(`i32(${workgroupIndex} * 64u + local)`, 'p');
  body.emit(`if (${position} >= ${count}) { return; }`);
  bindCoordinates(evaluator, { first: 0, extents: shape }, position);
  const found = reductions.map((each) => new Accumulator(body, each, shader.helpers));
  const part = body.name('part');
  body.nest(`for (var ${part} = 0; ${part} < ${parts}; ${part}++)`, (inner) => {
    const place = inner.let(`${position} * ${parts} + ${part}`);
    found.forEach((each, index) => {
      const { value, position: at } = partial[index]!;
      const word = shader.load(value, place, 1);
      each.add(inner, {
        value: inner.let(each.dtype === 'bool' ? `${word} != 0u` : word),
        ...(at === undefined ? {} : { position: inner.let(shader.load(at, place, 1)) }),
      });
    });
  });
  evaluator.bindReduced(found.map(({ result }) => ({ code: result, lanes: 1 })));
  outputs.store(evaluator, shader, position);
  return shader.finish(`${name} (parts)`, 64, Math.ceil(count / 64));
}
