import type { Draws } from './draws.js';
import type { Skeleton, Stroke } from './skeletons.js';
import type { Variation } from './variation.js';

/** A pen stroke on the pixel grid: a chain of points, each with half the width of the line there. */
export interface Trace {
  readonly x: readonly number[];
  readonly y: readonly number[];
  readonly radius: readonly number[];
}

type Point = readonly [number, number];

/** Straight pieces for each stretch of a curve between two points. */
const piecesPerSpan = 5;

/** Height of an upright digit in pixels, as in MNIST. */
const digitPixels = 20;
const centrePixel = 13.5;

/** Writes a skeleton once, as a hand would: never twice the same. */
export function traceSkeleton(skeleton: Skeleton, variation: Variation, draws: Draws): Trace[] {
  const curves = skeleton.map((stroke) =>
    spline(jitter(stroke, variation.jitter, draws), variation.curvature, draws),
  );
  const placed = place(distort(curves, variation, draws), variation, draws);
  const pen =
    (variation.penWidth / 2) * draws.between(1 - variation.penRange, 1 + variation.penRange);
  return placed.map((curve) => withPressure(curve, pen, variation.pressure, draws));
}

/** Moves the points; twins at a corner move together, and so do the ends of a closed curve. */
function jitter(stroke: Stroke, extent: number, draws: Draws): Point[] {
  const moved: Point[] = [];
  for (const [index, [x, y]] of stroke.entries()) {
    const before = stroke[index - 1];
    const isTwin = before?.[0] === x && before[1] === y;
    moved.push(isTwin ? moved[index - 1]! : [x + draws.about(extent), y + draws.about(extent)]);
  }
  if (isClosed(stroke)) moved[moved.length - 1] = moved[0]!;
  return moved;
}

function isClosed(stroke: Stroke): boolean {
  const first = stroke[0]!;
  const last = stroke.at(-1)!;
  return stroke.length > 2 && first[0] === last[0] && first[1] === last[1];
}

/** A cardinal spline through the points; how round it swings differs from stroke to stroke. */
function spline(points: readonly Point[], curvature: number, draws: Draws): Point[] {
  const roundness = 0.5 + draws.about(curvature);
  const closed = isClosed(points);
  const count = points.length;
  const at = (index: number): Point => {
    if (closed) return points[(index + count - 1) % (count - 1)]!;
    return points[Math.min(Math.max(index, 0), count - 1)]!;
  };
  const curve: Point[] = [at(0)];
  for (let span = 0; span < count - 1; span++) {
    const [before, from, to, after] = [at(span - 1), at(span), at(span + 1), at(span + 2)];
    for (let piece = 1; piece <= piecesPerSpan; piece++) {
      const t = piece / piecesPerSpan;
      const coordinate = (axis: 0 | 1) =>
        hermite(
          from[axis],
          to[axis],
          roundness * (to[axis] - before[axis]),
          roundness * (after[axis] - from[axis]),
          t,
        );
      curve.push([coordinate(0), coordinate(1)]);
    }
  }
  return curve;
}

/** The cubic on [0, 1] with the given values and slopes at the ends. */
function hermite(from: number, to: number, fromSlope: number, toSlope: number, t: number): number {
  const s = 1 - t;
  return (
    s * s * (1 + 2 * t) * from +
    t * t * (1 + 2 * s) * to +
    s * s * t * fromSlope -
    s * t * t * toSlope
  );
}

/** Bends the page: quadratic displacements move the waist, curve stems and widen one end. */
function distort(curves: Point[][], { bend }: Variation, draws: Draws): Point[][] {
  const bow = draws.about(bend);
  const taper = draws.about(bend);
  const waist = draws.about(bend);
  const tilt = draws.about(bend);
  return curves.map((curve) =>
    curve.map(([pageX, pageY]): Point => {
      const x = (pageX - 50) / 100;
      const y = (pageY - 50) / 100;
      return [x + bow * (y * y - 0.1) + taper * x * y, y + waist * (0.25 - y * y) + tilt * x * x];
    }),
  );
}

/** Slants, stretches, turns, and puts the middle of the digit near the middle of the image. */
function place(curves: Point[][], variation: Variation, draws: Draws): Point[][] {
  const height = digitPixels * (1 + draws.about(variation.size));
  const width = height * (1 + draws.about(variation.stretch));
  const slant = draws.about(variation.slant);
  // The rotation whose half angle has this tangent, free of sines and cosines.
  const tangent = draws.about(variation.rotation) / 2;
  const cosine = (1 - tangent * tangent) / (1 + tangent * tangent);
  const sine = (2 * tangent) / (1 + tangent * tangent);
  const turned = curves.map((curve) =>
    curve.map(([x, y]): Point => {
      const across = width * x - slant * height * y;
      const down = height * y;
      return [cosine * across - sine * down, sine * across + cosine * down];
    }),
  );
  const xs = turned.flat().map(([x]) => x);
  const ys = turned.flat().map(([, y]) => y);
  const shiftX = centrePixel + draws.about(variation.shift) - middle(xs);
  const shiftY = centrePixel + draws.about(variation.shift) - middle(ys);
  return turned.map((curve) => curve.map(([x, y]): Point => [x + shiftX, y + shiftY]));
}

function middle(values: readonly number[]): number {
  return (Math.min(...values) + Math.max(...values)) / 2;
}

/** The pen presses unevenly: the width runs along a parabola through three random widths. */
function withPressure(curve: readonly Point[], pen: number, pressure: number, draws: Draws): Trace {
  const start = draws.about(pressure);
  const swell = draws.about(pressure);
  const end = draws.about(pressure);
  const radius = curve.map((_, index) => {
    const t = index / (curve.length - 1);
    return pen * (1 + start * (1 - t) + end * t + swell * 4 * t * (1 - t));
  });
  return { x: curve.map(([x]) => x), y: curve.map(([, y]) => y), radius };
}
