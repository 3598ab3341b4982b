import { sizeOf, type MapKernel } from '@gradus/core/backend';
import { bindCoordinates, staysInRow } from './coordinates.js';
import { Evaluator } from './evaluator.js';
import { isPacked, storeOutputs } from './outputs.js';
import { Shader, workgroupIndex, type ShaderContext, type Stage } from './shader.js';

const workgroupSize = 64;

/**
 * A map: an invocation computes four elements that lie side by side, or one where rows are not made
 * of fours and no output has several elements to a word.
 */
export function mapStages(context: ShaderContext, kernel: MapKernel): Stage[] {
  const { name, shape, outputs } = kernel;
  const count = sizeOf(shape);
  if (count === 0) return [];
  const packed = outputs.some(({ buffer }) => isPacked(context.plan, buffer));
  const lanes = packed || staysInRow(shape) ? 4 : 1;
  const shader = new Shader(context);
  const evaluator = new Evaluator(shader, shape.length);
  const invocation = `i32(${workgroupIndex} * ${workgroupSize}u + local)`;
  const position = shader.body.let(lanes === 1 ? invocation : `${invocation} * ${lanes}`, 'p');
  shader.body.emit(`if (${position} >= ${count}) { return; }`);
  bindCoordinates(evaluator, { first: 0, extents: shape }, position, lanes);
  storeOutputs(evaluator, shader, outputs, position, lanes);
  return [shader.finish(name, workgroupSize, Math.ceil(count / (workgroupSize * lanes)))];
}
