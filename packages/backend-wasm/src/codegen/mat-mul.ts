import { lowerMatMul, sizeOf, type MatMulKernel, type MatrixOperand } from '@gradus/core/backend';
import { i32, type FunctionBody } from '../assembler/index.js';
import { contextByteLength } from '../engine.js';
import type { Code } from './code.js';
import { parameterLayout, type Environment } from './environment.js';
import { kernelSignature, type KernelFunction } from './kernel-function.js';
import { productEpilogue } from './product-epilogue.js';
import { reduceFunction } from './reduce.js';

/**
 * Below so many multiply-adds, some fifteen microseconds, one thread computes a product alone: what
 * a second one could save is lost at the barrier if that one is late.
 */
export const singleThreadWork = 262_144;

/** Rows and columns are shared out among threads in multiples of these: whole tiles. */
const sharedRows = 12;
const sharedColumns = 16;

/** A product, or a batch of them, by `multiply` of the engine module, with what follows as epilogue. */
export function matMulFunction(environment: Environment, kernel: MatMulKernel): KernelFunction {
  if (kernel.dtype !== 'float32') return reduceFunction(environment, lowerMatMul(kernel));
  const { shape, depth, left, right, outputs } = kernel;
  const batchShape = shape.slice(0, -2);
  const [rows, columns] = shape.slice(-2) as [number, number];
  const stores = outputs.length === 1 && outputs[0]!.value.op === 'reduced';
  const epilogue = stores ? -1 : environment.addEpilogue(productEpilogue(environment, kernel));
  const single = sizeOf(shape) * depth < singleThreadWork;
  const product = environment.module.function(kernel.name, kernelSignature, (body, given) => {
    const { parameters, thread, threads } = given;
    const address = (buffer: number): Code<'i32'> =>
      body.let(i32.load(parameters, parameterLayout.buffer(buffer)), `buffer${buffer}`);
    const [leftAddress, rightAddress] = [address(left.buffer), address(right.buffer)];
    const outputAddress = stores ? address(outputs[0]!.buffer) : i32.const(0);
    const own = i32.mul(thread, environment.target.threadByteLength);
    const context = body.let(
      i32.add(i32.load(parameters, parameterLayout.threads), own),
      'context',
    );
    body.emit(i32.store(context, parameters));
    const byRows = rows >= columns;
    const part = (extent: number, unit: number, shared: boolean): Range => {
      if (single || !shared) return { start: i32.const(0), end: i32.const(extent) };
      return sharedPart(body, extent, unit, thread, threads);
    };
    const rowPart = part(rows, sharedRows, byRows);
    const columnPart = part(columns, sharedColumns, !byRows);
    const multiplyAll = (): void =>
      forBatches(body, batchShape, context, (coordinates) => {
        const from = (operand: MatrixOperand, buffer: Code<'i32'>): Code<'i32'> =>
          elementAddress(buffer, operand.offset, coordinates, operand.batchStrides);
        const strides = batchShape.map((_, axis) => sizeOf(shape.slice(axis + 1)));
        body.emit(
          environment.engine.multiply.call({
            left: from(left, leftAddress),
            leftRowStride: left.rowStride,
            leftColumnStride: left.columnStride,
            right: from(right, rightAddress),
            rightRowStride: right.rowStride,
            rightColumnStride: right.columnStride,
            output: elementAddress(outputAddress, 0, coordinates, strides),
            outputRowStride: columns,
            rowStart: rowPart.start,
            rowEnd: rowPart.end,
            columnStart: columnPart.start,
            columnEnd: columnPart.end,
            depth,
            scratch: i32.add(context, contextByteLength),
            epilogue,
            context,
          }),
        );
      });
    if (single) body.if(i32.eqz(thread), multiplyAll);
    else multiplyAll();
  });
  if (single) environment.single.add(product);
  return product;
}

/** From where to where, the end exclusive. */
interface Range {
  readonly start: Code<'i32'>;
  readonly end: Code<'i32'>;
}

/** A thread's part of 0 … `extent`, in multiples of `unit`. */
function sharedPart(
  body: FunctionBody,
  extent: number,
  unit: number,
  thread: Code<'i32'>,
  threads: Code<'i32'>,
): Range {
  const units = Math.ceil(extent / unit);
  const bound = (number: Code<'i32'>): Code<'i32'> => {
    const start = body.let(i32.mul(i32.div_u(i32.mul(number, units), threads), unit), 'bound');
    body.if(i32.gt_s(start, extent), () => body.set(start, extent));
    return start;
  };
  return { start: bound(thread), end: bound(i32.add(thread, 1)) };
}

/** Runs `build` for all coordinates of the batch, which the context tells the epilogue. */
function forBatches(
  body: FunctionBody,
  shape: readonly number[],
  context: Code<'i32'>,
  build: (coordinates: readonly Code<'i32'>[]) => void,
  coordinates: readonly Code<'i32'>[] = [],
): void {
  const axis = coordinates.length;
  if (axis === shape.length) {
    build(coordinates);
    return;
  }
  body.for({ to: shape[axis]!, name: `axis${axis}` }, (index) => {
    body.emit(i32.store(context, index, 4 * (1 + axis)));
    forBatches(body, shape, context, build, [...coordinates, index]);
  });
}

function elementAddress(
  buffer: Code<'i32'>,
  offset: number,
  coordinates: readonly Code<'i32'>[],
  strides: readonly number[],
): Code<'i32'> {
  return coordinates.reduce<Code<'i32'>>(
    (address, coordinate, axis) => i32.add(address, i32.mul(coordinate, 4 * strides[axis]!)),
    i32.add(buffer, 4 * offset),
  );
}
