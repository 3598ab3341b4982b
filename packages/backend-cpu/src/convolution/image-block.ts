import type { Conv2dKernel } from '@gradus/core/backend';
import { storeSum } from '../kernels/outputs.js';
import { ProgramBuilder } from '../program/builder.js';
import { ExpressionLowering } from '../program/lowering.js';
import type { Program } from '../program/program.js';

/**
 * The places in the array that says which results the tile holds. The rows of the tile are channels;
 * its columns are lines of some images one after another, or part of one line. Lines count the rows
 * of one class in all images, places the columns of one class.
 */
export const imageBlock = {
  firstChannel: 0,
  endChannel: 1,
  firstLine: 2,
  endLine: 3,
  firstPlace: 4,
  endPlace: 5,
  /** How far apart the rows of the tile lie. */
  stride: 6,
  linesPerImage: 7,
  /** The rows and columns of the results in terms of lines and places. */
  firstRow: 8,
  rowStep: 9,
  firstColumn: 10,
  columnStep: 11,
  length: 12,
} as const;

/** What follows a convolution that yields images, as a program over what the `tile` holds. */
export function imageEpilogue(
  kernel: Conv2dKernel,
  scalars: number,
  tile: number,
  block: number,
): Program {
  const builder = new ProgramBuilder(kernel.name);
  const lowering = new ExpressionLowering(builder, 4, scalars);
  const read = (place: keyof typeof imageBlock): number =>
    builder.load(block, builder.constant(imageBlock[place]));
  const add = (a: number, b: number): number => builder.integer('add', a, b);
  const subtract = (a: number, b: number): number => builder.integer('sub', a, b);
  const multiply = (a: number, b: number): number => builder.integer('mul', a, b);
  const [firstChannel, firstLine, firstPlace] = [
    read('firstChannel'),
    read('firstLine'),
    read('firstPlace'),
  ];
  const lineLength = subtract(read('endPlace'), firstPlace);
  builder.loop(builder.root, firstChannel, read('endChannel'), (channel, lines) => {
    lowering.bindAxis(1, channel);
    const above = multiply(subtract(channel, firstChannel), read('stride'));
    builder.loop(lines, firstLine, read('endLine'), (line, places) => {
      const image = builder.integer('floorDiv', line, read('linesPerImage'));
      const inImage = subtract(line, multiply(image, read('linesPerImage')));
      lowering.bindAxis(0, image);
      lowering.bindAxis(2, add(read('firstRow'), multiply(inImage, read('rowStep'))));
      const before = multiply(subtract(line, firstLine), lineLength);
      const start = subtract(add(above, before), firstPlace);
      builder.loop(places, firstPlace, read('endPlace'), (place, body) => {
        lowering.bindAxis(3, add(read('firstColumn'), multiply(place, read('columnStep'))));
        storeSum(builder, lowering, kernel, tile, add(start, place), body);
      });
    });
  });
  return builder.finish();
}
