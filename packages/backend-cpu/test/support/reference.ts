import { roundTo, scalarFunction, sizeOf, type Expression } from '@gradus/core/backend';

export interface Surroundings {
  /** Numbers by position in `plan.buffers`. */
  readonly buffers: readonly (readonly number[])[];
  readonly scalars?: readonly number[];
  readonly reduced?: readonly number[];
}

/** The value of an expression at one point, straight from the definitions. */
export function evaluateAt(
  expression: Expression,
  point: readonly number[],
  around: Surroundings,
): number {
  const value = (part: Expression): number => evaluateAt(part, point, around);
  switch (expression.op) {
    case 'constant':
      return roundTo[expression.dtype](expression.value);
    case 'scalar':
      return roundTo[expression.dtype](around.scalars![expression.position]!);
    case 'index':
      return point[expression.axis]!;
    case 'reduced':
      return around.reduced![expression.position]!;
    case 'load': {
      if (expression.mask && value(expression.mask) === 0) return 0;
      const element = around.buffers[expression.buffer]![value(expression.index)];
      if (element === undefined) throw new Error('read outside of the buffer');
      return element;
    }
    default: {
      const { op, dtype, inputs, word } = expression;
      return scalarFunction(op, dtype, word)(...inputs.map(value));
    }
  }
}

/** Every point of an index space in row-major order. */
export function pointsOf(shape: readonly number[]): number[][] {
  return Array.from({ length: sizeOf(shape) }, (_, position) => {
    const point: number[] = [];
    for (let axis = shape.length - 1; axis >= 0; axis--) {
      point.unshift(position % shape[axis]!);
      position = Math.floor(position / shape[axis]!);
    }
    return point;
  });
}
