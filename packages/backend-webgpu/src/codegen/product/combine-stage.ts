import { Evaluator } from '../evaluator.js';
import type { ScratchPlace } from '../scratch.js';
import { Shader, workgroupIndex, type ShaderContext, type Stage } from '../shader.js';
import { typeOf } from '../types.js';
import type { Product } from './product.js';
import { sumTypeOf } from './quads.js';

const workgroupSize = 64;

/** Sums what was found for the parts of the depth, in their order, and stores the outputs. */
export function combineStage(
  context: ShaderContext,
  product: Product,
  parts: number,
  partial: ScratchPlace,
): Stage {
  const { name, dtype, batches, rows, columns, lanes = 1 } = product;
  const elements = batches * rows * columns;
  const shader = new Shader(context);
  const { body } = shader;
  const evaluator = new Evaluator(shader, product.rank);
  const invocation = `i32(${workgroupIndex} * ${workgroupSize}u + local)`;
  const position = body.let(`${invocation} * ${lanes}`, 'p');
  body.emit(`if (${position} >= ${elements}) { return; }`);
  const sum = body.variable(typeOf(sumTypeOf(dtype), lanes), 'sum');
  const part = body.name('part');
  body.nest(`for (var ${part} = 0; ${part} < ${parts}; ${part}++)`, (inner) => {
    const index = `${part} * ${elements} + ${position}`;
    inner.emit(`${sum} += ${shader.load(partial, index, lanes)};`);
  });
  const line = body.let(`${position} / ${columns}`, 'line');
  const column = body.let(`${position} - ${line} * ${columns}`, 'column');
  const batch = body.let(`${line} / ${rows}`, 'batch');
  const row = body.let(`${line} - ${batch} * ${rows}`, 'row');
  const value = dtype === 'float16' ? body.let(`${typeOf(dtype, lanes)}(${sum})`) : sum;
  product.store(evaluator, shader, { batch, row, column, value });
  return shader.finish(
    `${name} (parts)`,
    workgroupSize,
    Math.ceil(elements / (workgroupSize * lanes)),
  );
}
