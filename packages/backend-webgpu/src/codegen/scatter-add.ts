import { sizeOf, type ScatterAddKernel } from '@gradus/core/backend';
import { bindCoordinates } from './coordinates.js';
import { Evaluator } from './evaluator.js';
import { operationCode } from './operations.js';
import { SingleOutputs } from './outputs.js';
import { Shader, workgroupIndex, type ShaderContext, type Stage } from './shader.js';
import { typeOf } from './types.js';

const workgroupSize = 64;

/**
 * Indexed accumulation. Each element of the output is the work of one invocation, which looks for
 * what is added to it: so sums have one order, and nothing is written twice at the same time.
 */
export function scatterAddStages(context: ShaderContext, kernel: ScatterAddKernel): Stage[] {
  const { name, shape, index, value, buffer } = kernel;
  const { dtype, length } = context.plan.buffers[buffer]!;
  if (length === 0) return [];
  const shader = new Shader(context);
  const { body, helpers } = shader;
  const evaluator = new Evaluator(shader, shape.length);
  const outputs = new SingleOutputs(context, [
    { buffer, value: { op: 'reduced', dtype, position: 0 } },
  ]);
  const position = body.let(`i32(${workgroupIndex} * ${workgroupSize}u + local)`, 'p');
  body.emit(`if (${position} >= ${length}) { return; }`);
  const sum = body.variable(typeOf(dtype, 1), 'sum');
  const point = body.name('point');
  const count = sizeOf(shape);
  evaluator.nest(`for (var ${point} = 0; ${point} < ${count}; ${point}++)`, () => {
    bindCoordinates(evaluator, { first: 0, extents: shape }, point);
    const place = evaluator.scalar(index);
    evaluator.nest(`if (${place} == ${position})`, () => {
      const operands = [sum, evaluator.scalar(value)];
      const code = operationCode('add', { dtype, inputType: dtype, lanes: 1, operands, helpers });
      evaluator.block.emit(`${sum} = ${code};`);
    });
  });
  evaluator.bindReduced([{ code: sum, lanes: 1 }]);
  outputs.store(evaluator, shader, position);
  return [
    shader.finish(name, workgroupSize, Math.ceil(length / workgroupSize)),
    ...outputs.packing(),
  ];
}
