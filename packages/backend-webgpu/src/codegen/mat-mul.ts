import { sizeOf, type MatMulKernel, type MatrixOperand } from '@gradus/core/backend';
import type { Block } from './block.js';
import { SingleOutputs } from './outputs.js';
import type { ProductOperand } from './product/product.js';
import { productStages } from './product/product-stages.js';
import type { ShaderContext, Stage } from './shader.js';

/** A product of matrices in memory, or of a batch of them. */
export function matMulStages(context: ShaderContext, kernel: MatMulKernel): Stage[] {
  const { name, dtype, shape, depth } = kernel;
  const batchShape = shape.slice(0, -2);
  const [rows, columns] = shape.slice(-2) as [number, number];
  const outputs = new SingleOutputs(context, kernel.outputs);
  const stages = productStages(context, {
    name,
    dtype,
    batches: sizeOf(batchShape),
    rows,
    columns,
    depth,
    left: operandOf(kernel.left, batchShape, 'row'),
    right: operandOf(kernel.right, batchShape, 'column'),
    rank: shape.length,
    store(evaluator, shader, { batch, row, column, value }) {
      coordinatesOf(evaluator.block, batch, batchShape).forEach((code, axis) => {
        evaluator.bindAxis(axis, { code, lanes: 1 });
      });
      evaluator.bindAxis(shape.length - 2, { code: row, lanes: 1 });
      evaluator.bindAxis(shape.length - 1, { code: column, lanes: 1 });
      evaluator.bindReduced([{ code: value, lanes: 1 }]);
      const position = `(${batch} * ${rows} + ${row}) * ${columns} + ${column}`;
      outputs.store(evaluator, shader, evaluator.block.let(position, 'p'));
    },
  });
  return [...stages, ...outputs.packing()];
}

function operandOf(
  { buffer, offset, batchStrides, rowStride, columnStride }: MatrixOperand,
  batchShape: readonly number[],
  across: 'row' | 'column',
): ProductOperand {
  const [acrossStride, depthStride] =
    across === 'row' ? [rowStride, columnStride] : [columnStride, rowStride];
  return {
    alongDepth: depthStride === 1 && acrossStride !== 1,
    across(shader, block, batch, position) {
      const coordinates = coordinatesOf(block, batch, batchShape);
      const terms = [
        `${offset}`,
        ...coordinates.map((code, axis) => `${code} * ${batchStrides[axis]!}`),
        `${position} * ${acrossStride}`,
      ];
      const start = block.let(terms.join(' + '), 'start');
      return (_, depth) => shader.load(buffer, `${start} + ${depth} * ${depthStride}`, 1);
    },
  };
}

function coordinatesOf(block: Block, position: string, extents: readonly number[]): string[] {
  const coordinates: string[] = [];
  let rest = position;
  for (const extent of extents.slice(1).reverse()) {
    const quotient = block.let(`${rest} / ${extent}`, 'q');
    coordinates.unshift(block.let(`${rest} - ${quotient} * ${extent}`, 'i'));
    rest = quotient;
  }
  return extents.length === 0 ? [] : [rest, ...coordinates];
}
