import type { Conv2dKernel } from '@gradus/core/backend';
import { storeSum } from '../kernels/outputs.js';
import { ProgramBuilder } from '../program/builder.js';
import { ExpressionLowering } from '../program/lowering.js';
import type { Program } from '../program/program.js';

/**
 * The places in the array that says which part of a filter's gradient there is: some of the filters,
 * and some of the elements of each, counted row by row.
 */
export const filterBlock = {
  firstFilter: 0,
  endFilter: 1,
  firstElement: 2,
  endElement: 3,
  length: 4,
} as const;

/** What follows the gradient for a filter, as a program over the part that `sums` holds row by row. */
export function filterEpilogue(
  kernel: Conv2dKernel,
  scalars: number,
  sums: number,
  block: number,
): Program {
  const builder = new ProgramBuilder(kernel.name);
  const lowering = new ExpressionLowering(builder, 4, scalars);
  const read = (place: keyof typeof filterBlock): number =>
    builder.load(block, builder.constant(filterBlock[place]));
  const [firstFilter, firstElement] = [read('firstFilter'), read('firstElement')];
  const length = builder.integer('sub', read('endElement'), firstElement);
  const [, , height, width] = kernel.filter;
  builder.loop(builder.root, firstFilter, read('endFilter'), (filter, elements) => {
    lowering.bindAxis(0, filter);
    const row = builder.integer('sub', filter, firstFilter);
    const start = builder.integer('sub', builder.integer('mul', row, length), firstElement);
    builder.loop(elements, firstElement, read('endElement'), (element, body) => {
      const divide = (by: number): number =>
        builder.integer('floorDiv', element, builder.constant(by));
      const remainder = (index: number, by: number): number =>
        builder.integer('mod', index, builder.constant(by));
      lowering.bindAxis(1, divide(height * width));
      lowering.bindAxis(2, remainder(divide(width), height));
      lowering.bindAxis(3, remainder(element, width));
      storeSum(builder, lowering, kernel, sums, builder.integer('add', start, element), body);
    });
  });
  return builder.finish();
}
