import type { Capabilities } from '../backend/backend.js';
import type { Expression } from '../backend/expression.js';
import type { Kernel, MatMulKernel, MatrixOperand, ReduceKernel } from '../backend/kernels.js';
import type { DataType } from '../dtype.js';
import { axisCoordinate, integer, integerProduct, integerSum } from './integer-expression.js';

/** The kernel itself, or what it means in kernels that every backend compiles. */
export function lowerKernel(kernel: Kernel, capabilities: Capabilities): Kernel {
  if (kernel.kind !== 'matMul') return kernel;
  // Without a depth there is nothing to multiply; the empty sum says it for every backend.
  const compiled = capabilities.kernels.includes('matMul') && kernel.depth > 0;
  return compiled ? kernel : lowerMatMul(kernel);
}

/** A product is a sum over the depth, which becomes the reduced axis. */
function lowerMatMul(kernel: MatMulKernel): ReduceKernel {
  const rank = kernel.shape.length;
  const { dtype } = kernel;
  const left = loadMatrix(kernel.left, dtype, [rank - 2, rank]);
  const right = loadMatrix(kernel.right, dtype, [rank, rank - 1]);
  const value: Expression =
    kernel.depth === 0
      ? { op: 'constant', dtype, value: 0 }
      : { op: 'mul', dtype, inputs: [left, right] };
  return {
    kind: 'reduce',
    name: kernel.name,
    shape: kernel.shape,
    reduceShape: [kernel.depth],
    reductions: [{ operation: 'sum', dtype, value }],
    outputs: kernel.outputs,
  };
}

function loadMatrix(
  operand: MatrixOperand,
  dtype: DataType,
  [rowAxis, columnAxis]: readonly [number, number],
): Expression {
  const terms = [
    ...operand.batchStrides.map((stride, axis) => ({ axis, stride })),
    { axis: rowAxis, stride: operand.rowStride },
    { axis: columnAxis, stride: operand.columnStride },
  ];
  const index = terms
    .filter(({ stride }) => stride !== 0)
    .reduce(
      (sum, { axis, stride }) => integerSum(sum, integerProduct(axisCoordinate(axis), stride)),
      integer(operand.offset),
    );
  return { op: 'load', dtype, buffer: operand.buffer, index };
}
