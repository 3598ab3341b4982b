import { axisClasses, elementsOf, placesOf, sizeOf, type Conv2dKernel } from '@gradus/core/backend';
import { f32x4, i32, v128 } from '../../assembler/index.js';
import { multiplyAddOf, type MultiplyAdd } from '../../multiply-add.js';
import type { Code } from '../code.js';
import { isDepthwise } from '../convolution/conv2d.js';
import type { Environment } from '../environment.js';
import type { Evaluator } from '../evaluator.js';
import type { KernelFunction } from '../kernel-function.js';
import { singleThreadWork } from '../mat-mul.js';
import { arrange, boundsOf, laneLoads, loadRow, nameOf, type RowLoad } from './lane-loads.js';
import { isWrittenOut } from './limits.js';
import { vectorClasses } from './vector-classes.js';
import { windowFunction } from './window-function.js';
import type { WindowVector } from './window-nest.js';

/**
 * A convolution of each channel by itself, or its gradient for the images, with its windows written
 * out, four neighbours at a time: as a product of matrices it would use one lane of four. Undefined
 * where channels see others, or windows are large.
 */
export function depthwiseFunction(
  environment: Environment,
  kernel: Conv2dKernel,
): KernelFunction | undefined {
  const { pass, images, filter, output, shape, window, left, right } = kernel;
  if (!isDepthwise(kernel)) return undefined;
  const [view, source] = pass === 'forward' ? [placesOf, images] : [elementsOf, output];
  const rows = axisClasses(view(window, 0, images[2], output[2]));
  const columns = vectorClasses(view(window, 1, images[3], output[3]));
  if (!isWrittenOut(rows, columns)) return undefined;
  const multiplyAdd = multiplyAddOf(environment.target.fusedMultiplyAdd);
  return windowFunction(environment, kernel, {
    ...{ source, buffers: [left], others: [right], rows, columns },
    single: sizeOf(shape) * filter[2] * filter[3] < singleThreadWork,
    compute: (evaluator, vector) => weighted(evaluator, kernel, source[3], vector, multiplyAdd),
  });
}

/** What a vector meets of the source, each element times that of the filter it is met through. */
function weighted(
  evaluator: Evaluator,
  { filter, right }: Conv2dKernel,
  width: number,
  { rows, columns, pointers: [pointer] }: WindowVector,
  multiplyAdd: MultiplyAdd,
): Code<'v128'> {
  const [, , , kernelWidth] = filter;
  const elements = filter[2] * kernelWidth;
  const { body } = evaluator;
  const first = i32.mul(evaluator.indexOf(1), 4 * elements);
  const channel = i32.add(evaluator.address(right), first);
  const weights = body.let(channel, 'weights');
  const bounds = boundsOf(columns.taps.map(({ sources }) => sources));
  const sum = body.let(f32x4.splat(0), 'sum');
  rows.taps.forEach((row, index) => {
    const known = new Map<string, Code<'v128'>>();
    const load = (each: RowLoad): Code<'v128'> => {
      const line = rows.sources[index]! * width;
      const vector = known.get(nameOf(each)) ?? body.let(loadRow(each, pointer!, line, 0), 'row');
      known.set(nameOf(each), vector);
      return vector;
    };
    for (const { tap, sources } of columns.taps) {
      const pattern = laneLoads(sources, bounds);
      const element = arrange(pattern.loads.map(load), pattern, 0);
      const weight = v128.load32_splat(weights, 4 * (row * kernelWidth + tap));
      body.set(sum, multiplyAdd(weight, element, sum));
    }
  });
  return sum;
}
