import { DigitsError } from '../errors.js';

/**
 * How much the hand varies. Extents are the largest deviation either way, of a bell-shaped
 * distribution whose standard deviation is a third of it; zero switches a variation off.
 */
export interface Variation {
  /** Points of the skeleton move by up to so many percent of the digit's height. */
  readonly jitter: number;
  /** Slopes of the curves differ by up to so much; the average is 0.5, and 0 gives corners. */
  readonly curvature: number;
  /** How far the page is bent, as a share of the digit's height. */
  readonly bend: number;
  /** Height differs by up to this share of the 20 pixels that it has on average. */
  readonly size: number;
  /** Width differs by up to this share, beside the size. */
  readonly stretch: number;
  /** Pixels to the right for each pixel upwards. */
  readonly slant: number;
  /** Rotation in radians. */
  readonly rotation: number;
  /** Distance in pixels, along either axis, from the middle of the image. */
  readonly shift: number;
  /** Average width of the pen in pixels. */
  readonly penWidth: number;
  /** Pens are wider or narrower by up to this share, all widths being equally likely. */
  readonly penRange: number;
  /** The width of the line differs along a stroke by up to this share. */
  readonly pressure: number;
  /** Ink is paler than full by up to this share, every paleness being equally likely. */
  readonly paleness: number;
  /** Largest strength of the noise on an image, where 1 is full ink. */
  readonly noise: number;
  /** Probability of a stray stroke beside the digit. */
  readonly distractors: number;
}

/** The variation of synthetic digits if nothing else is asked for. */
export const defaultVariation: Variation = {
  jitter: 7,
  curvature: 0.25,
  bend: 0.45,
  size: 0.25,
  stretch: 0.35,
  slant: 0.5,
  rotation: 0.4,
  shift: 3.5,
  penWidth: 2.7,
  penRange: 0.4,
  pressure: 0.5,
  paleness: 0.25,
  noise: 0.15,
  distractors: 0.2,
};

const limits = {
  jitter: [0, 100],
  curvature: [0, 0.5],
  bend: [0, 10],
  size: [0, 0.9],
  stretch: [0, 0.9],
  slant: [0, 10],
  rotation: [0, 1],
  shift: [0, 28],
  penWidth: [0, 28],
  penRange: [0, 1],
  pressure: [0, 0.5],
  paleness: [0, 1],
  noise: [0, 1],
  distractors: [0, 1],
} as const satisfies Record<keyof Variation, readonly [number, number]>;

/** The default variation with changes, each of which must be in range. */
export function checkedVariation(changes: Partial<Variation>): Variation {
  for (const [name, value] of Object.entries(changes)) {
    if (!Object.hasOwn(limits, name)) {
      throw new DigitsError(
        'DIGITS_INVALID_VARIATION',
        `There is no variation "${name}"; there are ${Object.keys(limits).join(', ')}.`,
      );
    }
    const [least, most] = limits[name as keyof Variation];
    if (!(typeof value === 'number' && value >= least && value <= most)) {
      throw new DigitsError(
        'DIGITS_INVALID_VARIATION',
        `${name} must be a number from ${least} to ${most}; got ${String(value)}.`,
      );
    }
  }
  return { ...defaultVariation, ...changes };
}
