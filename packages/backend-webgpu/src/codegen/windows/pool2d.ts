import { lowerPool2d, type Pool2dKernel } from '@gradus/core/backend';
import type { ShaderContext, Stage } from '../shader.js';
import { windowStages } from './window-stage.js';

/** Pooling: an invocation goes through the window of its place. */
export function pool2dStages(context: ShaderContext, kernel: Pool2dKernel): Stage[] {
  const { name, shape, outputs, window } = kernel;
  const reduction = lowerPool2d(kernel).reductions[0]!;
  return windowStages(context, {
    ...{ name, shape, outputs, reduction, window: window.kernel },
    prepare: (evaluator) => (down, across) => {
      evaluator.bindAxis(4, { code: down, lanes: 1 });
      evaluator.bindAxis(5, { code: across, lanes: 1 });
      return evaluator.scalar(reduction.value);
    },
  });
}
