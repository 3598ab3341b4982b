import { sizeOf, type MatMulKernel, type MatrixOperand } from '@gradus/core/backend';
import { laneSteps, splitPosition } from './coordinates.js';
import { SingleOutputs, storeOutputs } from './outputs.js';
import type { ProductOperand } from './product/product.js';
import { productStages } from './product/product-stages.js';
import type { ShaderContext, Stage } from './shader.js';

/** A product of matrices in memory, or of a batch of them. */
export function matMulStages(context: ShaderContext, kernel: MatMulKernel): Stage[] {
  const { name, dtype, shape, depth } = kernel;
  const batchShape = shape.slice(0, -2);
  const [rows, columns] = shape.slice(-2) as [number, number];
  const lanes = columns % 4 === 0 ? 4 : 1;
  const outputs = lanes === 1 ? new SingleOutputs(context, kernel.outputs) : undefined;
  const stages = productStages(context, {
    name,
    dtype,
    batches: sizeOf(batchShape),
    rows,
    columns,
    depth,
    left: operandOf(kernel, kernel.left, 'row'),
    right: operandOf(kernel, kernel.right, 'column'),
    rank: shape.length,
    lanes,
    store(evaluator, shader, { batch, row, column, value }) {
      splitPosition(evaluator.block, batch, batchShape)
        .slice(0, batchShape.length)
        .forEach((code, axis) => {
          evaluator.bindAxis(axis, { code, lanes: 1 });
        });
      evaluator.bindAxis(shape.length - 2, { code: row, lanes: 1 });
      const columnsOf = lanes === 1 ? column : `vec4<i32>(${column}) + ${laneSteps}`;
      evaluator.bindAxis(shape.length - 1, {
        code: evaluator.block.let(columnsOf, 'i'),
        lanes,
        ...(lanes === 4 ? { first: column } : {}),
      });
      evaluator.bindReduced([{ code: value, lanes }]);
      const place = `(${batch} * ${rows} + ${row}) * ${columns} + ${column}`;
      const position = evaluator.block.let(place, 'p');
      if (outputs !== undefined) outputs.store(evaluator, shader, position);
      else storeOutputs(evaluator, shader, kernel.outputs, position, lanes);
    },
  });
  return [...stages, ...(outputs?.packing() ?? [])];
}

function operandOf(
  { shape, depth }: MatMulKernel,
  { buffer, offset, batchStrides, rowStride, columnStride }: MatrixOperand,
  across: 'row' | 'column',
): ProductOperand {
  const batchShape = shape.slice(0, -2);
  const [extent, acrossStride, depthStride] =
    across === 'row'
      ? [shape[shape.length - 2]!, rowStride, columnStride]
      : [shape[shape.length - 1]!, columnStride, rowStride];
  const alongDepth = depthStride === 1 && (acrossStride !== 1 || extent === 1);
  const [stride, lines] = alongDepth ? [acrossStride, extent] : [depthStride, depth];
  const fours = [offset, ...batchStrides, lines === 1 ? 0 : stride].every((each) => each % 4 === 0);
  const lanes = fours && (alongDepth ? depth % 4 === 0 : acrossStride === 1) ? 4 : 1;
  return {
    alongDepth,
    lanes,
    strided: true,
    across(shader, block, batch, position) {
      const terms = [
        `${offset}`,
        ...splitPosition(block, batch, batchShape).flatMap((code, axis) =>
          (batchStrides[axis] ?? 0) === 0 ? [] : [`${code} * ${batchStrides[axis]!}`],
        ),
        `${position} * ${acrossStride}`,
      ];
      const start = block.let(terms.join(' + '), 'start');
      return (_, at) => shader.load(buffer, `${start} + ${at} * ${depthStride}`, lanes);
    },
  };
}
