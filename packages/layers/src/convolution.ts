import {
  ArgumentError,
  conv2d,
  windowFor,
  type Tensor,
  type Variable,
  type WindowSettings,
} from '@gradus/core';
import { checkPositiveInteger } from '@gradus/core/arguments';
import type { ActivationFunction } from './activation.js';
import { imageSize } from './images.js';
import { checkDataType } from './validate.js';

/** What layers that convolve images are made of. */
export interface Convolution {
  readonly window: WindowSettings;
  readonly groups: number;
  readonly weight: Variable;
  readonly bias: Variable | undefined;
  readonly activation: ActivationFunction | undefined;
  toString(): string;
}

/** Throws an ArgumentError that names `layer` unless both numbers of channels divide into `groups`. */
export function checkGroups(
  layer: string,
  inChannels: number,
  outChannels: number,
  groups: number,
): void {
  checkPositiveInteger(layer, 'groups', groups);
  if (inChannels % groups === 0 && outChannels % groups === 0) return;
  throw new ArgumentError(
    `${layer}: groups must divide the ${inChannels} input and ${outChannels} output channels, got ${groups}.`,
  );
}

/** The convolution of images with `channels` channels, checked, with bias and activation. */
export function convolve(layer: Convolution, input: Tensor, channels: number): Tensor {
  const size = imageSize(layer, input, channels);
  checkDataType(layer, input, layer.weight.dtype);
  const { stride, padding, dilation } = windowFor(layer.toString(), size, layer.window);
  const options = { stride, padding, dilation, groups: layer.groups };
  return activated(layer, conv2d(input, layer.weight, options));
}

/** Adds the bias to each channel of `images`, then applies the activation. */
export function activated({ bias, activation }: Convolution, images: Tensor): Tensor {
  const sum = bias === undefined ? images : images.add(bias.value.reshape([-1, 1, 1]));
  return activation === undefined ? sum : activation(sum);
}
