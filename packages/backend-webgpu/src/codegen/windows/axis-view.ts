import type { Window2d } from '@gradus/core/backend';
import type { Block } from '../block.js';

/** A number of a shader: an i32 name, or a number that is known. */
type Known = string | number;

/**
 * How coordinates of a result see its source through a window, along one axis: coordinate
 * `first + j · step` sees tap `tapStart + i · tapStep` of the kernel (i below `taps`) at
 * `sourceStart + j · sourceStep + i · tapSource` of the source, where there is such a thing.
 */
export interface AxisView {
  readonly first: Known;
  readonly step: number;
  readonly sourceStart: Known;
  readonly sourceStep: number;
  readonly tapSource: number;
  readonly tapStart: Known;
  readonly tapStep: number;
  readonly taps: Known;
  /** Whether all coordinates see all taps within the source. */
  readonly covered: boolean;
}

/** What places of a window (`places` of them) see of images, along axis 0 (down) or 1 (across). */
export function placesView(
  { stride, dilation, kernel, padding }: Window2d,
  axis: 0 | 1,
  extent: number,
  places: number,
): AxisView {
  const before = axis === 0 ? padding.top : padding.left;
  const last = (places - 1) * stride[axis] + (kernel[axis] - 1) * dilation[axis] - before;
  return {
    ...{ first: 0, step: 1 },
    ...{ sourceStart: -before, sourceStep: stride[axis], tapSource: dilation[axis] },
    ...{ tapStart: 0, tapStep: 1, taps: kernel[axis] },
    covered: before === 0 && last < extent,
  };
}

/**
 * The same from the other side: which places see the elements `residue`, `residue + stride`, … of
 * images. All of them are seen through the same taps, so that the holes a stride leaves are skipped.
 */
export function elementsView(
  { stride, dilation, kernel, padding }: Window2d,
  axis: 0 | 1,
  block: Block,
  residue: string,
): AxisView {
  const [step, apart, taps] = [stride[axis], dilation[axis], kernel[axis]];
  const before = axis === 0 ? padding.top : padding.left;
  const common = greatestCommonDivisor(step, apart);
  const tapStep = step / common;
  const shared = {
    ...{ step, sourceStep: 1, tapStep, tapSource: -apart / common },
    covered: false,
  };
  if (step === 1) return { ...shared, first: 0, sourceStart: before, tapStart: 0, taps };
  // Tap t sees element e where e + before − t · apart is a multiple of the step.
  const shifted = block.let(`${residue} + ${before}`, 'shifted');
  const start = `(${shifted} / ${common}) * ${inverse(apart / common, tapStep)} % ${tapStep}`;
  const tapStart = block.let(start, 'tap');
  const count = `(${taps + tapStep - 1} - ${tapStart}) / ${tapStep}`;
  const exists = common === 1 ? count : `select(0, ${count}, ${shifted} % ${common} == 0)`;
  return {
    ...shared,
    first: residue,
    sourceStart: block.let(`(${shifted} - ${tapStart} * ${apart}) / ${step}`, 'source'),
    tapStart,
    taps: block.let(exists, 'taps'),
  };
}

/** How many taps of the kernel see an element of the images at most. */
export function mostTaps({ stride, dilation, kernel }: Window2d, axis: 0 | 1): number {
  return Math.ceil(
    (kernel[axis] * greatestCommonDivisor(stride[axis], dilation[axis])) / stride[axis],
  );
}

function greatestCommonDivisor(a: number, b: number): number {
  return b === 0 ? a : greatestCommonDivisor(b, a % b);
}

/** The x with value · x = 1 modulo `modulus`, which shares no divisor with `value`. */
function inverse(value: number, modulus: number): number {
  let x = 1;
  while ((value * x - 1) % modulus !== 0) x++;
  return x;
}
