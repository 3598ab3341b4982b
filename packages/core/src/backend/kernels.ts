import type { DataType } from '../dtype.js';
import type { Convolution2d, Window2d } from '../graph/window.js';
import type { Expression } from './expression.js';

/**
 * One result of a kernel: `value`, at every point of the index space, stored row by row. At each
 * point all outputs are computed before any is stored, since an output may overwrite what another
 * one reads there.
 */
export interface KernelOutput {
  /** Position in `plan.buffers`. */
  readonly buffer: number;
  /** An expression over the index space's axes (and `reduced` values); its dtype is the buffer's. */
  readonly value: Expression;
}

/**
 * For every index of `shape`: each output's value. A map may update a buffer in place: it then
 * loads that buffer only at the very element it is about to write.
 */
export interface MapKernel {
  readonly kind: 'map';
  /** What the kernel does, for people: the primitives it was fused from. */
  readonly name: string;
  /** The index space; axis 0 is outermost. */
  readonly shape: readonly number[];
  readonly outputs: readonly KernelOutput[];
}

/** How a reduction combines values. `argMax` and `argMin` yield the first position, as int32. */
export type ReductionOperation = 'sum' | 'product' | 'max' | 'min' | 'argMax' | 'argMin';

/** One of the reductions of a `ReduceKernel`. */
export interface Reduction {
  readonly operation: ReductionOperation;
  /** The dtype of the result; for all but `argMax` and `argMin` that of `value` too. */
  readonly dtype: DataType;
  /** The prologue: over the outer axes 0…r−1 and the reduced axes r…r+s−1. */
  readonly value: Expression;
}

/**
 * outputs = epilogue(reduce over j of prologue(i, j)). Outputs may update buffers in place as those
 * of a map may, if no prologue loads them. The index space of the outputs is `shape`;
 * `reduceShape` is what is reduced away. An empty reduction gives 0, 1, −∞ or +∞ (the least and
 * greatest integer for integers), and position 0 for `argMax` and `argMin`. NaN wins `max`, `min`,
 * `argMax` and `argMin`.
 */
export interface ReduceKernel {
  readonly kind: 'reduce';
  readonly name: string;
  readonly shape: readonly number[];
  readonly reduceShape: readonly number[];
  readonly reductions: readonly Reduction[];
  readonly outputs: readonly KernelOutput[];
}

/**
 * A matrix (or a batch of them) in a buffer: element (b…, row, column) lies at
 * `offset + Σ b·batchStrides + row·rowStride + column·columnStride`. One of the two last strides
 * is 1 unless that extent is 1; a transposed operand has `rowStride` 1. Batch strides may be 0.
 */
export interface MatrixOperand {
  readonly buffer: number;
  readonly offset: number;
  readonly batchStrides: readonly number[];
  readonly rowStride: number;
  readonly columnStride: number;
}

/**
 * `reduced(0)` = left · right for matrices m × depth and depth × n; `shape` = [batch…, m, n].
 * Outputs may update buffers in place as those of a map may, if they are not operands.
 */
export interface MatMulKernel {
  readonly kind: 'matMul';
  readonly name: string;
  readonly dtype: DataType;
  readonly shape: readonly number[];
  readonly depth: number;
  readonly left: MatrixOperand;
  readonly right: MatrixOperand;
  readonly outputs: readonly KernelOutput[];
}

/** Images [n, channels, height, width], or filters [out, in / groups, height, width]. */
export type ImageShape = readonly [number, number, number, number];

/**
 * A convolution (cross-correlation, as everywhere in deep learning) or one of its two gradients;
 * `reduced(0)` is its result, over the index space `shape`. Operands are contiguous.
 */
export interface Conv2dKernel {
  readonly kind: 'conv2d';
  readonly name: string;
  /** Floating-point. */
  readonly dtype: DataType;
  /**
   * `forward`: left is the images, right the filter. `inputGradient`: left is the gradient of the
   * output, right the filter. `filterGradient`: left is the images, right the output's gradient.
   */
  readonly pass: 'forward' | 'inputGradient' | 'filterGradient';
  /** The shape of the images, of the filter, and of the convolution's output, whatever the pass. */
  readonly images: ImageShape;
  readonly filter: ImageShape;
  readonly output: ImageShape;
  readonly window: Convolution2d;
  readonly left: number;
  readonly right: number;
  /** The shape of what the pass computes. */
  readonly shape: ImageShape;
  readonly outputs: readonly KernelOutput[];
}

/**
 * `reduced(0)` for each place of a window over images: the greatest element (padding never wins,
 * NaN always does), the sum, or, given the `maxima`, the position of each in its window, which is
 * row · width + column (int32) of the first element of the image that equals it (the greatest
 * int32 where a window sees padding only).
 */
export interface Pool2dKernel {
  readonly kind: 'pool2d';
  readonly name: string;
  readonly dtype: DataType;
  readonly operation: 'max' | 'sum' | 'position';
  readonly images: ImageShape;
  readonly window: Window2d;
  readonly buffer: number;
  /** For `position`: what a `max` over the same window gave. */
  readonly maxima?: number;
  readonly shape: ImageShape;
  readonly outputs: readonly KernelOutput[];
}

/**
 * What pooling sends back: `reduced(0)` at an element of the images (`shape`) is the sum of the
 * values of all places whose window covers it, or, with `positions`, names it.
 */
export interface Unpool2dKernel {
  readonly kind: 'unpool2d';
  readonly name: string;
  readonly dtype: DataType;
  readonly pooled: ImageShape;
  readonly window: Window2d;
  readonly buffer: number;
  readonly positions?: number;
  readonly shape: ImageShape;
  readonly outputs: readonly KernelOutput[];
}

/**
 * Sets the output to zero, then adds `value` at element `index` for every point of `shape`, in
 * row-major order or any other fixed order: the result must be the same on every run. Indices
 * outside the output are skipped.
 */
export interface ScatterAddKernel {
  readonly kind: 'scatterAdd';
  readonly name: string;
  readonly shape: readonly number[];
  readonly index: Expression;
  readonly value: Expression;
  /** Position of the output in `plan.buffers`. */
  readonly buffer: number;
}

/** One part of the work on a row. */
export type RowPhase = MapKernel | ReduceKernel;

/**
 * Phases over common rows: the index space of each begins with the axes `shape`, and of a buffer
 * that several phases touch and one of them writes, every row touches its own share, the elements
 * row · n … row · n + n − 1 with n = length / number of rows. So rows may be computed in any order,
 * also at the same time, each by all phases in turn: softmax, its loss and gradient, layer
 * normalisation.
 */
export interface RowKernel {
  readonly kind: 'row';
  readonly name: string;
  /** The rows; axis 0 is outermost. */
  readonly shape: readonly number[];
  readonly phases: readonly RowPhase[];
}

/** What a backend compiles. `capabilities.kernels` says which kinds; core lowers the others. */
export type Kernel =
  | MapKernel
  | ReduceKernel
  | MatMulKernel
  | Conv2dKernel
  | Pool2dKernel
  | Unpool2dKernel
  | RowKernel
  | ScatterAddKernel;

/** The discriminant of `Kernel`. */
export type KernelKind = Kernel['kind'];

/** Where a buffer of a plan comes from. */
export type PlanBuffer =
  | {
      readonly role: 'input';
      readonly dtype: DataType;
      /** In elements. */
      readonly length: number;
      /** Position among the `inputs` of a run. */
      readonly position: number;
      /** True when the plan writes its result over it (a variable updated in place). */
      readonly written: boolean;
    }
  | {
      readonly role: 'output';
      readonly dtype: DataType;
      readonly length: number;
      /** Position among the `outputs` of a run. */
      readonly position: number;
    }
  | {
      readonly role: 'temporary';
      readonly dtype: DataType;
      readonly length: number;
      /** Where it lies in the arena; a multiple of 256. */
      readonly byteOffset: number;
    };

/**
 * A program: kernels that run one after another over buffers. Temporaries share one arena of
 * `arenaByteLength` bytes that the backend owns and may share between plans, which never run at
 * the same time.
 */
export interface Plan {
  readonly buffers: readonly PlanBuffer[];
  readonly kernels: readonly Kernel[];
  /** The dtypes of the run-time scalars. */
  readonly scalars: readonly DataType[];
  readonly arenaByteLength: number;
}
