import { sizeOf, type Conv2dKernel } from '@gradus/core/backend';
import { coordinatesOf } from '../coordinates.js';
import type { Value } from '../evaluator.js';
import { SingleOutputs } from '../outputs.js';
import type { ProductOperand } from '../product/product.js';
import { productStages } from '../product/product-stages.js';
import type { ShaderContext, Stage } from '../shader.js';
import { placesView } from '../windows/axis-view.js';
import { gatherFour, isWithin, known, sum, times } from './gather.js';

/**
 * The gradient of a convolution for its filter as a product of matrices: the gradient of the output
 * (channels × places of all images) times what those places see of the images (places × elements of
 * a filter).
 */
export function filterProductStages(context: ShaderContext, kernel: Conv2dKernel): Stage[] {
  const { name, dtype, shape, window, output } = kernel;
  const outputs = new SingleOutputs(context, kernel.outputs);
  const rows = shape[0] / window.groups;
  const elements = shape.slice(1);
  const columns = sizeOf(elements);
  const stages = productStages(context, {
    ...{ name, dtype, rank: 4, rows, columns },
    batches: window.groups,
    depth: output[0] * output[2] * output[3],
    left: gradientOperand(kernel),
    right: imagesOperand(kernel),
    store(evaluator, shader, { batch, row, column, value }) {
      const { block } = evaluator;
      const number = known(block.let(`${batch} * ${rows} + ${row}`, 'filter'));
      [number, ...coordinatesOf(block, elements, column)].forEach((at, axis) => {
        evaluator.bindAxis(axis, at);
      });
      evaluator.bindReduced([{ code: value, lanes: 1 }]);
      outputs.store(evaluator, shader, block.let(`${number.code} * ${columns} + ${column}`, 'p'));
    },
  });
  return [...stages, ...outputs.packing()];
}

/** Channels of the output's gradient, by places of all images. */
function gradientOperand({ right, output, window }: Conv2dKernel): ProductOperand {
  const places = output[2] * output[3];
  const lanes = places % 4 === 0 ? 4 : 1;
  return {
    ...{ alongDepth: true, lanes },
    across(shader, body, batch, row) {
      const channel = `${batch} * ${output[1] / window.groups} + ${row}`;
      const start = body.let(`(${channel}) * ${places}`, 'start');
      return (block, at) => {
        const image = block.let(`${at} / ${places}`, 'image');
        const index = `${start} + ${image} * ${(output[1] - 1) * places} + ${at}`;
        return shader.load(right, index, lanes);
      };
    },
  };
}

/** What places of all images see through the elements of a filter. */
function imagesOperand({
  left,
  dtype,
  images,
  filter,
  output,
  window,
}: Conv2dKernel): ProductOperand {
  const [, channels, height, width] = images;
  const down = placesView(window, 0, height, output[2]);
  const across = placesView(window, 1, width, output[3]);
  // Four places of one row are neighbours; where rows are not made of fours, it is four elements.
  const alongDepth = output[3] % 4 === 0;
  return {
    ...{ alongDepth, lanes: 4 },
    across(shader, body, batch, column) {
      const elements = coordinatesOf(body, filter.slice(1), column, alongDepth ? 1 : 4);
      const [channel, i, j] = elements as Coordinates;
      const y = sum(body, known(down.sourceStart), times(i, down.tapSource));
      const x = sum(body, known(across.sourceStart), times(j, across.tapSource));
      const start = sum(
        body,
        ...[times(channel, height * width), times(y, width), x],
        known(`${batch} * ${(channels / window.groups) * height * width}`),
      );
      return (block, at) => {
        const places = coordinatesOf(block, [1, output[2], output[3]], at, alongDepth ? 4 : 1);
        const [image, row, place] = places as Coordinates;
        const [below, beside] = [times(row, down.sourceStep), times(place, across.sourceStep)];
        const masks = [
          ...(down.covered ? [] : [isWithin(sum(block, y, below), height)]),
          ...(across.covered ? [] : [isWithin(sum(block, x, beside), width)]),
        ];
        const step = [
          ...[times(image, channels * height * width), times(row, down.sourceStep * width)],
          beside,
        ];
        return gatherFour(shader, left, dtype, sum(block, start, ...step).code, masks);
      };
    },
  };
}

type Coordinates = [Value, Value, Value];
