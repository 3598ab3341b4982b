import type { Capabilities } from '../backend/backend.js';
import type { Expression } from '../backend/expression.js';
import type { Kernel, MatMulKernel, MatrixOperand, ReduceKernel } from '../backend/kernels.js';
import type { DataType } from '../dtype.js';

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
  let index: Expression = { op: 'constant', dtype: 'int32', value: operand.offset };
  for (const { axis, stride } of terms) {
    if (stride === 0) continue;
    const coordinate: Expression = { op: 'index', dtype: 'int32', axis };
    const factor: Expression = { op: 'constant', dtype: 'int32', value: stride };
    const term: Expression = { op: 'mul', dtype: 'int32', inputs: [coordinate, factor] };
    index = { op: 'add', dtype: 'int32', inputs: [index, term] };
  }
  return { op: 'load', dtype, buffer: operand.buffer, index };
}
