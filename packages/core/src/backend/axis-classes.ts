import type { Window2d } from '../graph/window.js';

/**
 * Coordinates of a result along one axis to which the same elements of the kernel contribute. They
 * are in arithmetic progression, and so are the coordinates where each of those elements meets the
 * source: within a class there is no padding, and no hole that a stride leaves.
 */
export interface AxisClass {
  /** How many coordinates: `first`, `first` + `step`, … */
  readonly count: number;
  readonly first: number;
  readonly step: number;
  /** The elements of the kernel that contribute, ascending. */
  readonly taps: readonly number[];
  /** Where each of them meets the source for the first coordinate; then `sourceStep` further each. */
  readonly sources: readonly number[];
  readonly sourceStep: number;
}

/** How a result sees its source through a kernel along one axis. */
export interface WindowAxis {
  /** How many coordinates the result has. */
  readonly extent: number;
  /** How many elements the kernel has. */
  readonly taps: number;
  /** How far apart the coordinates are that may see the same elements of the kernel. */
  readonly step: number;
  readonly sourceStep: number;
  /** Where `tap` meets the source for `coordinate`; `undefined` where it does not. */
  readonly source: (coordinate: number, tap: number) => number | undefined;
}

/** What places of a window see of images of `extent`, along axis 0 (down) or 1 (across). */
export function placesOf(
  window: Window2d,
  axis: 0 | 1,
  extent: number,
  places: number,
): WindowAxis {
  const { stride, dilation, kernel, padding } = window;
  const before = axis === 0 ? padding.top : padding.left;
  return {
    extent: places,
    taps: kernel[axis],
    step: 1,
    sourceStep: stride[axis],
    source: (place, tap) => within(place * stride[axis] + tap * dilation[axis] - before, extent),
  };
}

/** The same from the other side: which places of the window see each element of the images. */
export function elementsOf(
  window: Window2d,
  axis: 0 | 1,
  extent: number,
  places: number,
): WindowAxis {
  const { stride, dilation, kernel, padding } = window;
  const before = axis === 0 ? padding.top : padding.left;
  return {
    extent,
    taps: kernel[axis],
    step: stride[axis],
    sourceStep: 1,
    source: (element, tap) =>
      within((element + before - tap * dilation[axis]) / stride[axis], places),
  };
}

function within(coordinate: number, extent: number): number | undefined {
  const exists = Number.isInteger(coordinate) && coordinate >= 0 && coordinate < extent;
  return exists ? coordinate : undefined;
}

/** Sorts the coordinates of a result into classes. */
export function axisClasses({ extent, taps, step, sourceStep, source }: WindowAxis): AxisClass[] {
  const classes: { -readonly [Key in keyof AxisClass]: AxisClass[Key] }[] = [];
  const latest = new Map<string, (typeof classes)[number]>();
  for (let coordinate = 0; coordinate < extent; coordinate++) {
    const seen: number[] = [];
    const sources: number[] = [];
    for (let tap = 0; tap < taps; tap++) {
      const place = source(coordinate, tap);
      if (place === undefined) continue;
      seen.push(tap);
      sources.push(place);
    }
    const key = `${coordinate % step}:${seen.join()}`;
    const known = latest.get(key);
    if (known !== undefined && coordinate === known.first + known.count * step) {
      known.count++;
      continue;
    }
    const fresh = { count: 1, first: coordinate, step, taps: seen, sources, sourceStep };
    classes.push(fresh);
    latest.set(key, fresh);
  }
  return classes;
}
