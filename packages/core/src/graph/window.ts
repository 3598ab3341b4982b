import { ArgumentError, ShapeError } from '../errors.js';

/** A height and a width, or one number for both. */
export type Pair = number | readonly [height: number, width: number];

/** Elements added around an image. */
export interface Padding2d {
  readonly top: number;
  readonly bottom: number;
  readonly left: number;
  readonly right: number;
}

/**
 * How an image is padded: by so many elements on every side, by [vertical, horizontal], per side,
 * not at all (`'valid'`), or so that a stride of 1 keeps the size (`'same'`: the output is
 * ⌈input / stride⌉; an odd element goes to the end, as in TensorFlow).
 */
export type PaddingOption = Pair | Padding2d | 'same' | 'valid';

/** A window that moves over an image. */
export interface Window2d {
  readonly kernel: readonly [height: number, width: number];
  readonly stride: readonly [height: number, width: number];
  readonly dilation: readonly [height: number, width: number];
  readonly padding: Padding2d;
}

/** A convolution's window, and how many groups of channels do not see each other. */
export interface Convolution2d extends Window2d {
  readonly groups: number;
}

/** A window as users describe it. */
export interface WindowOptions {
  readonly kernel: Pair;
  readonly stride?: Pair | undefined;
  readonly dilation?: Pair | undefined;
  readonly padding?: PaddingOption | undefined;
}

/** A window whose options have been checked; `'same'` padding waits for the size of an image. */
export interface WindowSettings extends Omit<Window2d, 'padding'> {
  readonly padding: Padding2d | 'same';
}

/**
 * Checks the options of a window. Errors name `operation` and the option.
 *
 * @throws ArgumentError for what is not an integer in range, a pair or sides of them.
 */
export function windowSettings(operation: string, options: WindowOptions): WindowSettings {
  return {
    kernel: pairOf(operation, 'kernelSize', options.kernel, 1),
    stride: pairOf(operation, 'stride', options.stride ?? 1, 1),
    dilation: pairOf(operation, 'dilation', options.dilation ?? 1, 1),
    padding: paddingOf(operation, options.padding ?? 'valid'),
  };
}

/**
 * Resolves options for an image of `height` × `width`. Errors name `operation` and the option.
 *
 * @throws ArgumentError as {@link windowSettings} does, ShapeError for a window that does not fit.
 */
export function windowFor(
  operation: string,
  [height, width]: readonly [number, number],
  options: WindowOptions,
): Window2d {
  const settings = windowSettings(operation, options);
  const window = { ...settings, padding: paddingAround([height, width], settings) };
  checkFits(operation, [height, width], window);
  return window;
}

/** How many elements a dilated kernel spans. */
function spanOf(kernel: number, dilation: number): number {
  return (kernel - 1) * dilation + 1;
}

function paddingAround(
  [height, width]: readonly [number, number],
  { kernel, stride, dilation, padding }: WindowSettings,
): Padding2d {
  if (padding !== 'same') return padding;
  const sides = (extent: number, axis: 0 | 1): readonly [number, number] => {
    const covered = (Math.ceil(extent / stride[axis]) - 1) * stride[axis];
    const total = Math.max(covered + spanOf(kernel[axis], dilation[axis]) - extent, 0);
    return [Math.floor(total / 2), Math.ceil(total / 2)];
  };
  const [[top, bottom], [left, right]] = [sides(height, 0), sides(width, 1)];
  return { top, bottom, left, right };
}

/**
 * A height and a width from an option that is either both or one number for the two.
 *
 * @param least The least that each may be.
 * @throws ArgumentError naming `operation` and `option` for anything else.
 */
export function pairOf(
  operation: string,
  option: string,
  value: Pair,
  least: number,
): readonly [number, number] {
  const pair = typeof value === 'number' ? ([value, value] as const) : value;
  const fits = Array.isArray(pair) && (pair as readonly number[]).length === 2;
  if (!fits || pair.some((each) => !Number.isInteger(each) || each < least)) {
    throw new ArgumentError(
      `${operation}: ${option} must be an integer of at least ${least} or a [height, width] pair of them, got ${JSON.stringify(value)}.`,
    );
  }
  return pair;
}

function paddingOf(operation: string, option: PaddingOption): Padding2d | 'same' {
  if (option === 'same') return option;
  if (option === 'valid') return { top: 0, bottom: 0, left: 0, right: 0 };
  if (isSides(option)) {
    const { top, bottom, left, right } = option;
    pairOf(operation, 'padding', [top, bottom], 0);
    pairOf(operation, 'padding', [left, right], 0);
    return { top, bottom, left, right };
  }
  if (typeof option !== 'number' && !Array.isArray(option)) {
    throw new ArgumentError(
      `${operation}: padding must be 'same', 'valid', numbers or { top, bottom, left, right }, got ${JSON.stringify(option)}.`,
    );
  }
  const [vertical, horizontal] = pairOf(operation, 'padding', option, 0);
  return { top: vertical, bottom: vertical, left: horizontal, right: horizontal };
}

function isSides(option: PaddingOption): option is Padding2d {
  if (typeof option !== 'object' || Array.isArray(option)) return false;
  return ['top', 'bottom', 'left', 'right'].every((side) => Object.hasOwn(option, side));
}

function checkFits(
  operation: string,
  [height, width]: readonly [number, number],
  { kernel, dilation, padding }: Window2d,
): void {
  const padded = [
    height + padding.top + padding.bottom,
    width + padding.left + padding.right,
  ] as const;
  const spanned = [spanOf(kernel[0], dilation[0]), spanOf(kernel[1], dilation[1])] as const;
  if (spanned[0] > padded[0] || spanned[1] > padded[1]) {
    throw new ShapeError(
      `${operation}: a window of ${spanned.join(' x ')} does not fit an image of ${height} x ${width}` +
        ` (${padded.join(' x ')} with padding); use a smaller kernel or more padding.`,
    );
  }
}

/** How many places a window takes along each axis: ⌊(padded − span) / stride⌋ + 1. */
export function windowPlaces(
  [height, width]: readonly [number, number],
  { kernel, stride, dilation, padding }: Window2d,
): readonly [number, number] {
  const places = (extent: number, axis: 0 | 1): number =>
    Math.floor((extent - spanOf(kernel[axis], dilation[axis])) / stride[axis]) + 1;
  return [
    places(height + padding.top + padding.bottom, 0),
    places(width + padding.left + padding.right, 1),
  ];
}
