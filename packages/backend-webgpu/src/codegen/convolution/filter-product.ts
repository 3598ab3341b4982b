import { sizeOf, type Conv2dKernel } from '@gradus/core/backend';
import { splitPosition } from '../coordinates.js';
import { SingleOutputs } from '../outputs.js';
import type { ProductOperand } from '../product/product.js';
import { productStages } from '../product/product-stages.js';
import type { ShaderContext, Stage } from '../shader.js';
import { typeOf } from '../types.js';
import { placesView } from '../windows/axis-view.js';

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
      const number = block.let(`${batch} * ${rows} + ${row}`, 'filter');
      [number, ...splitPosition(block, column, elements)].forEach((code, axis) => {
        evaluator.bindAxis(axis, { code, lanes: 1 });
      });
      evaluator.bindReduced([{ code: value, lanes: 1 }]);
      outputs.store(evaluator, shader, block.let(`${number} * ${columns} + ${column}`, 'p'));
    },
  });
  return [...stages, ...outputs.packing()];
}

/** Channels of the output's gradient, by places of all images. */
function gradientOperand({ right, output, window }: Conv2dKernel): ProductOperand {
  const places = output[2] * output[3];
  return {
    alongDepth: true,
    across(shader, body, batch, row) {
      const channel = `${batch} * ${output[1] / window.groups} + ${row}`;
      const start = body.let(`(${channel}) * ${places}`, 'start');
      return (block, depth) => {
        const image = block.let(`${depth} / ${places}`, 'image');
        return shader.load(
          right,
          `${start} + ${image} * ${(output[1] - 1) * places} + ${depth}`,
          1,
        );
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
  return {
    alongDepth: true,
    across(shader, body, batch, column) {
      const [channel, i, j] = splitPosition(body, column, filter.slice(1));
      const y = body.let(`${i} * ${down.tapSource} + ${down.sourceStart}`, 'y');
      const x = body.let(`${j} * ${across.tapSource} + ${across.sourceStart}`, 'x');
      const first = `${batch} * ${channels / window.groups} + ${channel}`;
      const start = body.let(`((${first}) * ${height} + ${y}) * ${width} + ${x}`, 'start');
      return (block, depth) => {
        const [image, row, place] = splitPosition(block, depth, [1, output[2], output[3]]);
        const seen = `${row} * ${down.sourceStep * width} + ${place} * ${across.sourceStep}`;
        const index = `${start} + ${image} * ${channels * height * width} + ${seen}`;
        const value = shader.load(left, index, 1);
        const masks = [
          ...(down.covered ? [] : [`u32(${y} + ${row} * ${down.sourceStep}) < ${height}u`]),
          ...(across.covered ? [] : [`u32(${x} + ${place} * ${across.sourceStep}) < ${width}u`]),
        ];
        if (masks.length === 0) return value;
        return `select(${typeOf(dtype, 1)}(), ${value}, ${masks.join(' && ')})`;
      };
    },
  };
}
