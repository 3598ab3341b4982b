import { formatShape, ShapeError, sizeOf, type Shape, type Tensor } from '@gradus/core';

/**
 * The height and width of images `[n, c, h, w]`.
 *
 * @param layer For the message of the ShapeError that other shapes throw.
 * @param channels How many the images must have; any number if not given.
 */
export function imageSize(
  layer: { toString(): string },
  { shape }: Tensor,
  channels?: number,
): readonly [height: number, width: number] {
  const [, given, height, width] = shape;
  const fits = shape.length === 4 && (channels === undefined || given === channels);
  if (fits && height !== undefined && width !== undefined) return [height, width];
  const hint = channels === undefined ? '' : hintFor(shape, channels);
  throw new ShapeError(
    `${layer.toString()}: expected images [n, ${channels ?? 'c'}, h, w], got ${formatShape(shape)}${hint}.`,
  );
}

/** What to do about images that come in one of the other usual layouts. */
function hintFor(shape: Shape, channels: number): string {
  const [count = 0, ...rest] = shape;
  const side = Math.sqrt(sizeOf(rest) / channels);
  if (shape.length === 2 && Number.isInteger(side) && side > 0) {
    return `; reshape them: x.reshape([${[count, channels, side, side].join(', ')}])`;
  }
  if (shape.length === 3 && channels === 1) return '; add the axis of channels: x.expandDims(1)';
  if (shape.length === 3 && count === channels) return '; add the batch axis: x.expandDims(0)';
  if (shape.length === 4 && shape[3] === channels) {
    return '; channels come second: x.transpose([0, 3, 1, 2])';
  }
  return '';
}
