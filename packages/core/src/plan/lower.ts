import type { Expression } from '../backend/expression.js';
import type { Kernel, MatMulKernel, MatrixOperand, ReduceKernel } from '../backend/kernels.js';
import type { DataType } from '../dtype.js';
import { lowerConv2d, lowerPool2d, lowerUnpool2d } from './lower-window.js';
import { axisCoordinate, integer, integerProduct, integerSum } from './integer-expression.js';

/**
 * What a kernel means in kernels that every backend compiles: for the `capabilities` of one that
 * does not compile all the others itself.
 */
export function lowerKernel(kernel: Kernel): Kernel {
  switch (kernel.kind) {
    case 'matMul':
      return lowerMatMul(kernel);
    case 'conv2d':
      return lowerConv2d(kernel);
    case 'pool2d':
      return lowerPool2d(kernel);
    case 'unpool2d':
      return lowerUnpool2d(kernel);
    default:
      return kernel;
  }
}

/**
 * A product as a sum over its depth, which becomes the reduced axis: for devices without the kernel,
 * and for dtypes that a backend's own kernel does not have.
 */
export function lowerMatMul(kernel: MatMulKernel): ReduceKernel {
  const rank = kernel.shape.length;
  const { dtype } = kernel;
  const left = loadMatrix(kernel.left, dtype, [rank - 2, rank]);
  const right = loadMatrix(kernel.right, dtype, [rank, rank - 1]);
  const value: Expression = { op: 'mul', dtype, inputs: [left, right] };
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
