import type { Padding2d, WindowSettings } from '@gradus/core';

/** The names of the options of a window. */
export const windowOptionNames = ['kernelSize', 'stride', 'padding', 'dilation'] as const;

type Extents = readonly [height: number, width: number];

/**
 * A window as layers print it, as in `kernelSize 5×5`, `stride 2×2`: what is as usual is left out.
 *
 * @param usualStride What the stride is if not given.
 */
export function describeWindow(window: WindowSettings, usualStride: Extents = [1, 1]): string[] {
  const { kernel, stride, padding, dilation } = window;
  const parts = [`kernelSize ${times(kernel)}`];
  if (times(stride) !== times(usualStride)) parts.push(`stride ${times(stride)}`);
  const around = padding === 'same' ? padding : describePadding(padding);
  if (around !== '0×0') parts.push(`padding ${around}`);
  if (times(dilation) !== '1×1') parts.push(`dilation ${times(dilation)}`);
  return parts;
}

/** `height×width`, as in `2×1`. */
export function times(extents: Extents): string {
  return extents.join('×');
}

/** `1×2`, or `(0, 1)×2` where the sides of an axis differ. */
function describePadding({ top, bottom, left, right }: Padding2d): string {
  const axis = (before: number, after: number): string =>
    before === after ? `${before}` : `(${before}, ${after})`;
  return `${axis(top, bottom)}×${axis(left, right)}`;
}
