import { bytesPerElement, sizeOf, type ReduceKernel } from '@gradus/core/backend';
import { Accumulator } from './accumulator.js';
import { accumulate, combineInvocations } from './combine.js';
import { bindCoordinates } from './coordinates.js';
import { Evaluator } from './evaluator.js';
import { SingleOutputs, storeOutputs } from './outputs.js';
import { layoutOf, type ReductionLayout } from './reduction-layout.js';
import { Shader, workgroupIndex, type ShaderContext, type Stage } from './shader.js';
import type { ScratchPlace } from './scratch.js';
import { typeOf, type Lanes } from './types.js';

/** Stores the outputs of a reduction at element `position`, or at the four from there on. */
type Store = (evaluator: Evaluator, shader: Shader, position: string) => void;

/** A reduction, in two stages where there are few outputs and much to reduce. */
export function reduceStages(context: ShaderContext, kernel: ReduceKernel): Stage[] {
  const { shape, reductions, outputs } = kernel;
  const count = sizeOf(shape);
  if (count === 0) return [];
  const best = layoutOf(context.target, kernel);
  const layout = context.undivided ? { ...best, parts: 1 } : best;
  const { parts } = layout;
  const single = layout.vectors === 'outputs' ? undefined : new SingleOutputs(context, outputs);
  const store: Store = (evaluator, shader, position) => {
    if (single === undefined) storeOutputs(evaluator, shader, outputs, position, 4);
    else single.store(evaluator, shader, position);
  };
  const packing = single?.packing() ?? [];
  if (parts === 1) {
    const finish: Finish = (evaluator, shader, found, position) => {
      evaluator.bindReduced(found.map(({ result, lanes }) => ({ code: result, lanes })));
      store(evaluator, shader, position);
    };
    return [reduceStage(context, kernel, layout, finish), ...packing];
  }
  const length = paddedTo(count, 4) * parts;
  const partial = reductions.map(({ operation, value: { dtype } }): Partial => ({
    value: context.scratch.reserve(bytesPerElement(dtype) === 1 ? 'uint32' : dtype, length),
    ...(operation.startsWith('arg') ? { position: context.scratch.reserve('int32', length) } : {}),
  }));
  const keep: Finish = ({ block }, shader, found, position, part) => {
    const place = block.let(`${part} * ${paddedTo(count, 4)} + ${position}`);
    partial.forEach((each, index) => {
      const { dtype, lanes } = found[index]!;
      const { value, position: at } = found[index]!.found;
      const word = dtype === 'bool' ? `${typeOf('uint32', lanes)}(${value})` : value;
      block.emit(shader.store(each.value, place, word, lanes));
      if (at !== undefined) block.emit(shader.store(each.position!, place, at, lanes));
    });
  };
  return [
    reduceStage(context, kernel, layout, keep),
    combineStage(context, kernel, layout, partial, store),
    ...packing,
  ];
}

const paddedTo = (count: number, lanes: Lanes): number => Math.ceil(count / lanes) * lanes;

/** What becomes of what was found for output `position`. */
type Finish = (
  evaluator: Evaluator,
  shader: Shader,
  found: readonly Accumulator[],
  position: string,
  part: string,
) => void;

/** Where the parts of one reduction are kept. */
interface Partial {
  readonly value: ScratchPlace;
  readonly position?: ScratchPlace;
}

function reduceStage(
  context: ShaderContext,
  kernel: ReduceKernel,
  layout: ReductionLayout,
  finish: Finish,
): Stage {
  const { name, shape, reduceShape } = kernel;
  const count = sizeOf(shape);
  const { invocations, parts, vectors, together } = layout;
  const lanes = vectors === 'outputs' ? 4 : 1;
  const shader = new Shader(context);
  const { body } = shader;
  const evaluator = new Evaluator(shader, shape.length + reduceShape.length);
  const group = parts === 1 ? workgroupIndex : `${workgroupIndex} / ${parts}u`;
  const part = parts === 1 ? '0' : body.let(`i32(${workgroupIndex} % ${parts}u)`, 'part');
  const [laneCode, outputCode] = together
    ? [`local % ${invocations}u`, `local / ${invocations}u`]
    : [`local / ${layout.outputs}u`, `local % ${layout.outputs}u`];
  const lane = invocations === 1 ? '0' : body.let(`i32(${laneCode})`, 'lane');
  const output = invocations === 1 ? 'local' : outputCode;
  const wanted = body.let(`i32(${group} * ${layout.outputs}u + ${output}) * ${lanes}`, 'p');
  // All invocations take part in barriers, those without an output as well.
  const position = body.let(`min(${wanted}, ${paddedTo(count, lanes) - lanes})`, 'p');
  bindCoordinates(evaluator, { first: 0, extents: shape }, position, lanes);
  const start = parts === 1 ? lane : `${lane} + ${part} * ${invocations}`;
  const share = { start, step: invocations * parts, vectors };
  const found = accumulate(evaluator, shader, kernel, share);
  if (invocations > 1) combineInvocations(body, shader, found, lane, layout);
  const first = invocations === 1 ? '' : `${lane} == 0 && `;
  evaluator.nest(`if (${first}${wanted} < ${count})`, () => {
    finish(evaluator, shader, found, wanted, part);
  });
  const workgroups = Math.ceil(count / (layout.outputs * lanes)) * parts;
  return shader.finish(name, layout.outputs * invocations, workgroups);
}

function combineStage(
  context: ShaderContext,
  { name, shape, reductions }: ReduceKernel,
  { parts, vectors }: ReductionLayout,
  partial: readonly Partial[],
  store: Store,
): Stage {
  const count = sizeOf(shape);
  const lanes = vectors === 'outputs' ? 4 : 1;
  const shader = new Shader(context);
  const { body } = shader;
  const evaluator = new Evaluator(shader, shape.length);
  const position = body.let(`i32(${workgroupIndex} * 64u + local) * ${lanes}`, 'p');
  body.emit(`if (${position} >= ${count}) { return; }`);
  bindCoordinates(evaluator, { first: 0, extents: shape }, position, lanes);
  const found = reductions.map((each) => new Accumulator(body, each, shader.helpers, lanes));
  const part = body.name('part');
  body.nest(`for (var ${part} = 0; ${part} < ${parts}; ${part}++)`, (inner) => {
    const place = inner.let(`${part} * ${paddedTo(count, 4)} + ${position}`);
    found.forEach((each, index) => {
      const { value, position: at } = partial[index]!;
      const word = shader.load(value, place, lanes);
      each.add(inner, {
        value: inner.let(each.dtype === 'bool' ? `${typeOf('bool', lanes)}(${word})` : word),
        ...(at === undefined ? {} : { position: inner.let(shader.load(at, place, lanes)) }),
      });
    });
  });
  evaluator.bindReduced(found.map(({ result }) => ({ code: result, lanes })));
  store(evaluator, shader, position);
  return shader.finish(`${name} (parts)`, 64, Math.ceil(count / (64 * lanes)));
}
