import type { Trace } from './trace.js';

/** Pixels along each side of an image. */
export const digitSize = 28;

/** Width in pixels of the soft edge of a line. */
const edge = 1.2;

/**
 * Inks strokes into a square image: each pixel takes the distance from its centre to the nearest
 * line, and the edge of the line is a ramp of that distance.
 *
 * @returns Coverage from 0 to 1, row by row.
 */
export function ink(traces: readonly Trace[]): Float64Array {
  const distance = new Float64Array(digitSize * digitSize).fill(Infinity);
  for (const { x, y, radius } of traces) {
    for (let index = 1; index < x.length; index++) {
      const start = index - 1;
      const reach = Math.max(radius[start]!, radius[index]!) + edge;
      const left = Math.max(0, Math.ceil(Math.min(x[start]!, x[index]!) - reach));
      const right = Math.min(digitSize - 1, Math.floor(Math.max(x[start]!, x[index]!) + reach));
      const top = Math.max(0, Math.ceil(Math.min(y[start]!, y[index]!) - reach));
      const bottom = Math.min(digitSize - 1, Math.floor(Math.max(y[start]!, y[index]!) + reach));
      const alongX = x[index]! - x[start]!;
      const alongY = y[index]! - y[start]!;
      const squaredLength = alongX * alongX + alongY * alongY || 1;
      for (let row = top; row <= bottom; row++) {
        for (let column = left; column <= right; column++) {
          const fromX = column - x[start]!;
          const fromY = row - y[start]!;
          const projection = (fromX * alongX + fromY * alongY) / squaredLength;
          const t = Math.min(1, Math.max(0, projection));
          const offX = fromX - t * alongX;
          const offY = fromY - t * alongY;
          const toLine = Math.sqrt(offX * offX + offY * offY);
          const toEdge = toLine - radius[start]! - t * (radius[index]! - radius[start]!);
          const pixel = row * digitSize + column;
          if (toEdge < distance[pixel]!) distance[pixel] = toEdge;
        }
      }
    }
  }
  return distance.map((toEdge) => Math.min(1, Math.max(0, 0.5 - toEdge / edge)));
}
