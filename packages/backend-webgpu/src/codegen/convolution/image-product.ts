import { sizeOf, type Conv2dKernel } from '@gradus/core/backend';
import { coordinatesOf } from '../coordinates.js';
import { SingleOutputs, storeOutputs } from '../outputs.js';
import type { Product } from '../product/product.js';
import { productStages } from '../product/product-stages.js';
import type { ShaderContext, Stage } from '../shader.js';
import { filterOperand, sourceOperand } from './image-operands.js';
import { ImageViews } from './image-views.js';

/**
 * A convolution, or its gradient for the images, as a product of matrices: the filter (channels of
 * the result × what is summed over) times what the places of all images see. Groups of channels are
 * batches of it, and so are places that a stride lets see different taps of the filter.
 */
export function imageProductStages(context: ShaderContext, kernel: Conv2dKernel): Stage[] {
  const { name, dtype, shape, window } = kernel;
  const views = new ImageViews(kernel);
  const { steps, places, taps, source } = views;
  const placesOfImage = places.slice(1);
  const [count, channels, height, width] = shape;
  const rows = channels / window.groups;
  const whole = sizeOf(steps) === 1;
  // Four places next to each other then lie so in the result as well.
  const lanes = whole && (height * width) % 4 === 0 ? 4 : 1;
  const outputs = lanes === 1 ? new SingleOutputs(context, kernel.outputs) : undefined;
  const store: Product['store'] = (evaluator, shader, { batch, row, column, value }) => {
    const { group, down, across } = views.batch(shader, batch);
    const { block } = evaluator;
    const channel = block.let(`${group} * ${rows} + ${row}`, 'channel');
    const [image, place] = coordinatesOf(block, [count, sizeOf(placesOfImage)], column, lanes);
    const first = place!.first ?? place!.code;
    const [y, x] = coordinatesOf(block, placesOfImage, first, lanes).map((at, axis) => {
      const view = axis === 0 ? down : across;
      return whole ? at : { ...at, code: block.let(`${view.first} + ${at.code} * ${view.step}`) };
    });
    const plane = `${image!.code} * ${channels} + ${channel}`;
    const within = whole ? first : `${y!.code} * ${width} + ${x!.code}`;
    const build = (): void => {
      [image!, { code: channel, lanes: 1 } as const, y!, x!].forEach((at, axis) => {
        evaluator.bindAxis(axis, at);
      });
      evaluator.bindReduced([{ code: value, lanes }]);
      const position = evaluator.block.let(`(${plane}) * ${height * width} + ${within}`, 'p');
      if (outputs === undefined) storeOutputs(evaluator, shader, kernel.outputs, position, 4);
      else outputs.store(evaluator, shader, position);
    };
    if (whole) build();
    else evaluator.nest(`if (${y!.code} < ${height} && ${x!.code} < ${width})`, build);
  };
  const stages = productStages(context, {
    ...{ name, dtype, rank: 4, rows, lanes, store },
    batches: window.groups * sizeOf(steps),
    columns: sizeOf(places),
    depth: (source[1] / window.groups) * sizeOf(taps),
    left: filterOperand(kernel, views),
    right: sourceOperand(kernel, views),
  });
  return [...stages, ...(outputs?.packing() ?? [])];
}
