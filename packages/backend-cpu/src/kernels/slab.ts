import {
  isFloating,
  type DataType,
  type ImageShape,
  type KernelOutput,
} from '@gradus/core/backend';
import { ProgramBuilder } from '../program/builder.js';
import { ExpressionLowering } from '../program/lowering.js';
import type { NumberArray, Program } from '../program/program.js';
import { nest } from './nest.js';
import { storeOutputs } from './outputs.js';

/** Results that a window kernel has computed, of all the index space or of one image. */
export interface Slab {
  /** Position among the arrays. */
  readonly array: number;
  /** Of the results, which are doubles where `dtype` is floating-point. */
  readonly dtype: DataType;
  /** Where coordinate (0, 0, 0, 0) is. */
  readonly start: number;
  /** How far apart neighbours along each axis are; 0 for the first if it holds one image. */
  readonly strides: readonly number[];
}

/** A kernel that moves a window over images, ready to run. */
export interface WindowRun {
  /** Where the results are, in which the epilogue finds them. */
  readonly results: Float64Array;
  readonly layout: Omit<Slab, 'array'>;
  /** Computes, and calls `finish` whenever the results of coordinates `from` to `to` are there. */
  run(arrays: readonly NumberArray[], finish: (from: number, to: number) => void): void;
}

/** The places in the `range` array: the first coordinates of axis 0 that the slab holds. */
const first = 0;
const end = 1;

/** An array that tells the epilogue which images the slab holds. */
export function slabRange(): Int32Array {
  return new Int32Array(2);
}

/** Says that the slab holds the coordinates `from` to `to` (exclusive) of axis 0. */
export function setRange(range: Int32Array, from: number, to: number): void {
  range[first] = from;
  range[end] = to;
}

/** What follows a convolution or pooling, as a program over what the slab holds. */
export function slabEpilogue(
  { name, shape, outputs }: { name: string; shape: ImageShape; outputs: readonly KernelOutput[] },
  scalars: number,
  { array, dtype, start, strides }: Slab,
  range: number,
): Program {
  const builder = new ProgramBuilder(name);
  const lowering = new ExpressionLowering(builder, shape.length, scalars);
  const bound = (position: number): number => builder.load(range, builder.constant(position));
  builder.loop(builder.root, bound(first), bound(end), (image, scope) => {
    lowering.bindAxis(0, image);
    nest(builder, lowering, shape.slice(1), 1, scope, (body) => {
      const index = lowering.affine({ constant: start, coefficients: strides });
      const value = builder.load(array, index);
      // Sums are made in double precision and rounded here, once.
      const rounds = isFloating(dtype) && dtype !== 'float64';
      lowering.bindReduced([rounds ? builder.operation('cast', dtype, [value]) : value]);
      storeOutputs(builder, lowering, shape, outputs, body);
    });
  });
  return builder.finish();
}
