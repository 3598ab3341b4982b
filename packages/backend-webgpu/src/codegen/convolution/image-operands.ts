import type { Conv2dKernel } from '@gradus/core/backend';
import { coordinatesOf, laneSteps } from '../coordinates.js';
import type { Value } from '../evaluator.js';
import type { ProductOperand } from '../product/product.js';
import { gatherFour, isWithin, known, sum, times } from './gather.js';
import type { ImageBatch, ImageViews } from './image-views.js';

/** The channels of the result, by channels of the source and taps. */
export function filterOperand(
  { pass, filter, window, right, dtype }: Conv2dKernel,
  views: ImageViews,
): ProductOperand {
  const elements = filter[2] * filter[3];
  const depth = filter[1] * elements;
  const rows = filter[0] / window.groups;
  if (pass === 'forward') {
    const lanes = depth % 4 === 0 ? 4 : 1;
    return {
      ...{ alongDepth: true, lanes },
      across(shader, body, batch, row) {
        const { group } = views.batch(shader, batch);
        const start = body.let(`(${group} * ${rows} + ${row}) * ${depth}`, 'start');
        return (_, at) => shader.load(right, `${start} + ${at}`, lanes);
      },
    };
  }
  return {
    ...{ alongDepth: false, lanes: 4 },
    across(shader, body, batch, row) {
      const seen = views.batch(shader, batch);
      const { group, down, across } = seen;
      const start = sum(
        body,
        known(`${group} * ${rows * depth} + ${down.tapStart} * ${filter[3]} + ${across.tapStart}`),
        { code: `(${row} + ${laneSteps}) * ${elements}`, lanes: 4 },
      );
      return (block, at) => {
        const [channel, i, j] = coordinatesOf(block, [1, ...views.taps], at) as Coordinates;
        const steps = [
          ...[times(channel, depth), times(i, down.tapStep * filter[3])],
          times(j, across.tapStep),
        ];
        const index = sum(block, start, ...steps).code;
        return gatherFour(shader, right, dtype, index, missing(seen, i, j));
      };
    },
  };
}

/** What the places of the result see: channels of the source and taps, by places. */
export function sourceOperand(
  { window, left, dtype }: Conv2dKernel,
  views: ImageViews,
): ProductOperand {
  const [, channels, height, width] = views.source;
  return {
    ...{ alongDepth: false, lanes: 4 },
    across(shader, body, batch, column) {
      const seen = views.batch(shader, batch);
      const { group, down, across } = seen;
      const [image, row, place] = coordinatesOf(body, views.places, column, 4) as Coordinates;
      const y = sum(body, known(down.sourceStart), times(row, down.sourceStep));
      const x = sum(body, known(across.sourceStart), times(place, across.sourceStep));
      const start = sum(
        body,
        ...[times(image, channels * height * width), times(y, width), x],
        known(`${group} * ${(channels / window.groups) * height * width}`),
      );
      return (block, at) => {
        const [channel, i, j] = coordinatesOf(block, [1, ...views.taps], at) as Coordinates;
        const [below, beside] = [times(i, down.tapSource), times(j, across.tapSource)];
        const masks = [
          ...(down.covered ? [] : [isWithin(sum(block, y, below), height)]),
          ...(across.covered ? [] : [isWithin(sum(block, x, beside), width)]),
          ...missing(seen, i, j),
        ];
        const step = [times(channel, height * width), times(i, down.tapSource * width), beside];
        return gatherFour(shader, left, dtype, sum(block, start, ...step).code, masks);
      };
    },
  };
}

type Coordinates = [Value, Value, Value];

/** Whether the taps number `i` and `j` are some of those that the places of a batch see. */
function missing({ down, across }: ImageBatch, i: Value, j: Value): Value[] {
  return [
    ...(down.step === 1 ? [] : [known(`(${i.code} < ${down.taps})`)]),
    ...(across.step === 1 ? [] : [known(`(${j.code} < ${across.taps})`)]),
  ];
}
