import type { Expression, Unpool2dKernel } from '@gradus/core/backend';
import type { ShaderContext, Stage } from '../shader.js';
import { typeOf } from '../types.js';
import { elementsView, mostTaps, type AxisView } from './axis-view.js';
import { windowStages } from './window-stage.js';

/** What pooling sends back: an invocation gathers what the places that cover its element send. */
export function unpool2dStages(context: ShaderContext, kernel: Unpool2dKernel): Stage[] {
  const { name, dtype, shape, outputs, window, pooled, buffer, positions } = kernel;
  const value: Expression = { op: 'reduced', dtype, position: 0 };
  return windowStages(context, {
    ...{ name, shape, outputs, reduction: { operation: 'sum', dtype, value } },
    window: [mostTaps(window, 0), mostTaps(window, 1)],
    prepare(evaluator, shader, [image, channel, ...element]) {
      const { block: body } = evaluator;
      const views = ([0, 1] as const).map((axis) => {
        const step = window.stride[axis];
        const place = body.let(`${element[axis]!} / ${step}`, 'place');
        const residue = body.let(`${element[axis]!} - ${place} * ${step}`, 'residue');
        const view = elementsView(window, axis, body, residue);
        return { view, source: body.let(`${view.sourceStart} + ${place}`, 'source') };
      });
      const plane = body.let(`(${image!} * ${pooled[1]} + ${channel!}) * ${pooled[2]}`, 'plane');
      return (...taps) => {
        const { block } = evaluator;
        const [row, column] = views.map(({ view, source }, axis) =>
          block.let(`${source} + ${taps[axis]!} * ${view.tapSource}`, 'at'),
        ) as [string, string];
        const index = block.let(`(${plane} + ${row}) * ${pooled[3]} + ${column}`, 'i');
        const masks = views.map(
          ({ view }, axis) =>
            `u32(${[row, column][axis]!}) < ${pooled[2 + axis]!}u && ${taps[axis]!} < ${view.taps}`,
        );
        if (positions !== undefined) {
          const [down, across] = views.map(({ view }, axis) => tapOf(view, taps[axis]!));
          const here = `(${down!}) * ${window.kernel[1]} + ${across!}`;
          masks.push(`${shader.load(positions, index, 1)} == ${here}`);
        }
        const sent = shader.load(buffer, index, 1);
        return block.let(`select(${typeOf(dtype, 1)}(), ${sent}, ${masks.join(' && ')})`);
      };
    },
  });
}

/** The number of the kernel's element that tap `i` of a view is. */
function tapOf({ tapStart, tapStep }: AxisView, i: string): string {
  return `${tapStart} + ${i} * ${tapStep}`;
}
