import type { ScalarOperation } from '../backend/expression.js';
import type { Tensor } from '../tensor.js';
import type { Convolution2d, Window2d } from './window.js';
import type { VariableVersion } from '../runtime/variable-version.js';

/** How a custom gradient turns the gradient of an output into gradients of the inputs. */
export type CustomBackward = (
  gradient: Tensor,
  output: Tensor,
  inputs: readonly Tensor[],
) => readonly (Tensor | undefined)[];

/** Primitives that their inputs, shape and dtype describe completely. */
type NoAttributes = Readonly<Record<string, never>>;

/** The elementwise primitives that are described by their scalar operation alone. */
type PlainElementwise = Readonly<Record<Exclude<ScalarOperation, 'threefry'>, NoAttributes>>;

/**
 * Every primitive and what it carries besides its inputs, output shape and dtype. The gradient
 * rules are a mapped type over this interface, so that a primitive without a rule does not compile.
 */
export interface PrimitiveAttributes extends PlainElementwise {
  /** A number; a run-time parameter of every plan. */
  readonly constant: { readonly value: number };
  /** Values that exist: given by the user or computed earlier. */
  readonly data: NoAttributes;
  /** 0, 1, 2, … along `axis`. */
  readonly iota: { readonly axis: number };
  /** An argument of a traced function; `scalar` ones are passed as numbers. */
  readonly placeholder: { readonly name: string; readonly scalar: boolean };
  /** The value of a variable at one version. */
  readonly variable: { readonly version: VariableVersion };
  /** One word of Threefry-2x32 of (key0, key1, counter0, counter1), elementwise. */
  readonly threefry: { readonly word: 0 | 1 };

  readonly reshape: NoAttributes;
  /** Output axis i is input axis `permutation[i]`. */
  readonly transpose: { readonly permutation: readonly number[] };
  readonly broadcastTo: NoAttributes;
  /** Element i along an axis is input element `starts + i · steps`; steps may be negative. */
  readonly slice: { readonly starts: readonly number[]; readonly steps: readonly number[] };
  /** `before[axis]` elements of `value` in front; what is behind follows from the shape. */
  readonly pad: { readonly before: readonly number[]; readonly value: number };
  readonly flip: { readonly axes: readonly number[] };
  readonly concat: { readonly axis: number };

  readonly sum: { readonly axes: readonly number[] };
  readonly product: { readonly axes: readonly number[] };
  readonly max: { readonly axes: readonly number[] };
  readonly min: { readonly axes: readonly number[] };
  readonly argMax: { readonly axes: readonly [number] };
  readonly argMin: { readonly axes: readonly [number] };

  /** [batch…, m, k] · [batch…, k, n]; batch extents already equal. */
  readonly matMul: NoAttributes;
  /** Inputs (images [n, c, h, w], filter [o, c / groups, kh, kw]): cross-correlation. */
  readonly conv2d: Convolution2d;
  /** Inputs (gradient of the output, filter): the gradient of the images, the output's shape. */
  readonly conv2dInputGradient: Convolution2d;
  /** Inputs (images, gradient of the output): the gradient of the filter, the output's shape. */
  readonly conv2dFilterGradient: Convolution2d;

  readonly maxPool2d: Window2d;
  /** Inputs (images, their maxPool2d): where in its window each greatest element is, int32. */
  readonly maxPool2dPositions: Window2d;
  readonly sumPool2d: Window2d;
  /** Inputs (values, positions): images with each value at its place; transposes maxPool2d. */
  readonly maxUnpool2d: Window2d;
  /** Input (values): images with each value at all places of its window; transposes sumPool2d. */
  readonly sumUnpool2d: Window2d;

  /** Inputs (x, indices): the slices of x along `axis` that the int32 indices name. */
  readonly gather: { readonly axis: number };
  /** Inputs (indices, updates): zeros whose slices along `axis` collect the updates. */
  readonly scatterAdd: { readonly axis: number };

  /** Its input, through which no gradient flows. */
  readonly stopGradient: NoAttributes;
  /** Its first input, with a gradient of the user's own for the others. */
  readonly customGradient: { readonly backward: CustomBackward };
}

/** The name of a primitive. */
export type PrimitiveName = keyof PrimitiveAttributes;

/** How the planner treats a primitive. */
export type PrimitiveKind =
  /** No inputs and no memory: computed where it is used. */
  | 'inline'
  /** Memory that exists before the plan runs. */
  | 'buffer'
  /** Each output element depends on the same element of every input. */
  | 'elementwise'
  /** Only moves elements: becomes index arithmetic in its consumers. */
  | 'movement'
  | 'reduction'
  | 'matMul'
  /** Convolutions and pooling: a window moves over images that are in memory. */
  | 'window'
  | 'scatter'
  /** Means its first input; matters to gradients only. */
  | 'alias';

const elementwise = 'elementwise';
const movement = 'movement';
const reduction = 'reduction';

/** The kind of each primitive. */
export const primitiveKinds: Readonly<Record<PrimitiveName, PrimitiveKind>> = {
  constant: 'inline',
  iota: 'inline',
  data: 'buffer',
  placeholder: 'buffer',
  variable: 'buffer',

  neg: elementwise,
  abs: elementwise,
  sign: elementwise,
  floor: elementwise,
  ceil: elementwise,
  round: elementwise,
  relu: elementwise,
  not: elementwise,
  sqrt: elementwise,
  exp: elementwise,
  expm1: elementwise,
  log: elementwise,
  log1p: elementwise,
  sin: elementwise,
  cos: elementwise,
  tanh: elementwise,
  sigmoid: elementwise,
  erf: elementwise,
  add: elementwise,
  sub: elementwise,
  mul: elementwise,
  div: elementwise,
  floorDiv: elementwise,
  mod: elementwise,
  pow: elementwise,
  maximum: elementwise,
  minimum: elementwise,
  less: elementwise,
  lessEqual: elementwise,
  equal: elementwise,
  notEqual: elementwise,
  and: elementwise,
  or: elementwise,
  xor: elementwise,
  shiftLeft: elementwise,
  shiftRight: elementwise,
  where: elementwise,
  cast: elementwise,
  threefry: elementwise,

  reshape: movement,
  transpose: movement,
  broadcastTo: movement,
  slice: movement,
  pad: movement,
  flip: movement,
  concat: movement,
  gather: movement,

  sum: reduction,
  product: reduction,
  max: reduction,
  min: reduction,
  argMax: reduction,
  argMin: reduction,

  matMul: 'matMul',
  conv2d: 'window',
  conv2dInputGradient: 'window',
  conv2dFilterGradient: 'window',
  maxPool2d: 'window',
  maxPool2dPositions: 'window',
  sumPool2d: 'window',
  maxUnpool2d: 'window',
  sumUnpool2d: 'window',
  scatterAdd: 'scatter',

  stopGradient: 'alias',
  customGradient: 'alias',
};
