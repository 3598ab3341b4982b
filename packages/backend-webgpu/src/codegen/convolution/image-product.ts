import { sizeOf, type Conv2dKernel } from '@gradus/core/backend';
import { splitPosition } from '../coordinates.js';
import { SingleOutputs } from '../outputs.js';
import type { ProductOperand } from '../product/product.js';
import { productStages } from '../product/product-stages.js';
import type { ShaderContext, Stage } from '../shader.js';
import { typeOf } from '../types.js';
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
  const outputs = new SingleOutputs(context, kernel.outputs);
  const rows = shape[1] / window.groups;
  const stages = productStages(context, {
    ...{ name, dtype, rank: 4, rows },
    batches: window.groups * sizeOf(steps),
    columns: shape[0] * sizeOf(places),
    depth: (source[1] / window.groups) * sizeOf(taps),
    left: filterOperand(kernel, views),
    right: sourceOperand(kernel, views),
    store(evaluator, shader, { batch, row, column, value }) {
      const { group, down, across } = views.batch(shader, batch);
      const place = views.place(shader, column);
      const { block } = evaluator;
      const channel = block.let(`${group} * ${rows} + ${row}`, 'channel');
      const y = block.let(`${down.first} + ${place.y} * ${down.step}`, 'y');
      const x = block.let(`${across.first} + ${place.x} * ${across.step}`, 'x');
      evaluator.nest(`if (${y} < ${shape[2]} && ${x} < ${shape[3]})`, () => {
        [place.image, channel, y, x].forEach((code, axis) => {
          evaluator.bindAxis(axis, { code, lanes: 1 });
        });
        evaluator.bindReduced([{ code: value, lanes: 1 }]);
        const line = `(${place.image} * ${shape[1]} + ${channel}) * ${shape[2]} + ${y}`;
        outputs.store(
          evaluator,
          shader,
          evaluator.block.let(`(${line}) * ${shape[3]} + ${x}`, 'p'),
        );
      });
    },
  });
  return [...stages, ...outputs.packing()];
}

/** The channels of the result, by channels of the source and taps. */
function filterOperand(
  { pass, filter, window, right, dtype }: Conv2dKernel,
  views: ImageViews,
): ProductOperand {
  const elements = filter[2] * filter[3];
  const [near, far] = [elements, filter[1] * elements];
  const [rowStride, channelStride] = pass === 'forward' ? [far, near] : [near, far];
  const groupStride = sizeOf(filter) / window.groups;
  const whole = sizeOf(views.steps) === 1;
  return {
    alongDepth: true,
    across(shader, body, batch, row) {
      const { group, down, across } = views.batch(shader, batch);
      const start = body.let(
        `${group} * ${groupStride} + ${row} * ${rowStride}` +
          (whole ? '' : ` + ${down.tapStart} * ${filter[3]} + ${across.tapStart}`),
        'start',
      );
      return (block, depth) => {
        if (whole && channelStride === elements)
          return shader.load(right, `${start} + ${depth}`, 1);
        const [channel, i, j] = splitPosition(block, depth, [1, ...views.taps]);
        const tap = `${i} * ${down.tapStep * filter[3]} + ${j} * ${across.tapStep}`;
        const value = shader.load(right, `${start} + ${channel} * ${channelStride} + ${tap}`, 1);
        const exists = `${i} < ${down.taps} && ${j} < ${across.taps}`;
        return whole ? value : `select(${typeOf(dtype, 1)}(), ${value}, ${exists})`;
      };
    },
  };
}

/** What the places of the result see: channels of the source and taps, by places. */
function sourceOperand({ window, left, dtype }: Conv2dKernel, views: ImageViews): ProductOperand {
  const [, channels, height, width] = views.source;
  return {
    alongDepth: false,
    across(shader, body, batch, column) {
      const { group, down, across } = views.batch(shader, batch);
      const place = views.place(shader, column);
      const y = body.let(`${down.sourceStart} + ${place.y} * ${down.sourceStep}`, 'y');
      const x = body.let(`${across.sourceStart} + ${place.x} * ${across.sourceStep}`, 'x');
      const channel = `${place.image} * ${channels} + ${group} * ${channels / window.groups}`;
      const start = body.let(`((${channel}) * ${height} + ${y}) * ${width} + ${x}`, 'start');
      return (block, depth) => {
        const [number, i, j] = splitPosition(block, depth, [1, ...views.taps]);
        const tap = `${i} * ${down.tapSource * width} + ${j} * ${across.tapSource}`;
        const value = shader.load(left, `${start} + ${number} * ${height * width} + ${tap}`, 1);
        const masks = [
          ...(down.covered ? [] : [`u32(${y} + ${i} * ${down.tapSource}) < ${height}u`]),
          ...(across.covered ? [] : [`u32(${x} + ${j} * ${across.tapSource}) < ${width}u`]),
          ...(down.step === 1 ? [] : [`${i} < ${down.taps}`]),
          ...(across.step === 1 ? [] : [`${j} < ${across.taps}`]),
        ];
        if (masks.length === 0) return value;
        return `select(${typeOf(dtype, 1)}(), ${value}, ${masks.join(' && ')})`;
      };
    },
  };
}
