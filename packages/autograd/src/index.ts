/** `@gradus/autograd`: gradients as a function from graph to graph. */
export { grad, type GradientOptions } from './grad.js';
export type { GradientsOf } from './targets.js';
export { valueAndGrad, type ValueAndGradient } from './value-and-grad.js';
