import {
  conv2d,
  conv2dFilterGradient,
  conv2dInputGradient,
  elementsAt,
  maxPool2dPositions,
  maxUnpool2d,
  sumPool2d,
  sumUnpool2d,
  type Convolution2d,
} from '@gradus/core';
import { none, type RuleTable } from './rule.js';

/** The convolution's options, without what follows from the filter. */
const options = ({ stride, dilation, padding, groups }: Convolution2d) => ({
  stride,
  dilation,
  padding,
  groups,
});

/**
 * The rules of convolution and pooling. A convolution and its two gradients are each other's
 * gradients, since all three are one sum of products seen from three sides.
 */
export const windowRules = {
  conv2d: [
    (dy, { attributes }, x, w) => conv2dInputGradient(dy, w, x.shape, attributes),
    (dy, { attributes }, x, w) => conv2dFilterGradient(x, dy, w.shape, attributes),
  ],
  conv2dInputGradient: [
    (dx, { attributes }, _dy, w) => conv2d(dx, w, options(attributes)),
    (dx, { attributes }, dy, w) => conv2dFilterGradient(dx, dy, w.shape, attributes),
  ],
  conv2dFilterGradient: [
    (dw, { attributes }, x, dy) => conv2dInputGradient(dy, dw, x.shape, attributes),
    (dw, { attributes }, x) => conv2d(x, dw, options(attributes)),
  ],
  maxPool2d: [
    (dy, { attributes, output }, x) =>
      maxUnpool2d(dy, maxPool2dPositions(x, output, attributes), x.shape, attributes),
  ],
  maxPool2dPositions: none,
  maxUnpool2d: [(dx, { attributes }, _values, positions) => elementsAt(dx, positions, attributes)],
  sumPool2d: [(dy, { attributes }, x) => sumUnpool2d(dy, x.shape, attributes)],
  sumUnpool2d: [(dx, { attributes }) => sumPool2d(dx, attributes)],
} satisfies Partial<RuleTable>;
