import {
  isOperation,
  scalarFunction,
  visitExpressions,
  type Expression,
  type TypedArray,
} from '@gradus/core/backend';

/** What an expression can see at one point of a kernel's index space. */
export interface Frame {
  /** Coordinates in the index space: those of the outputs, then those that are reduced. */
  readonly point: number[];
  /** In an epilogue, the results of the reductions. */
  readonly reduced: number[];
  readonly memory: readonly TypedArray[];
  readonly scalars: Float64Array;
}

/** One sub-expression, computed from those before it. */
type Step = (values: Float64Array, frame: Frame) => number;

/**
 * Computes the values of `roots` at a point, into one array that is used again. Each distinct
 * sub-expression is one step, computed once and after its operands.
 */
export function evaluator(roots: readonly Expression[]): (frame: Frame) => readonly number[] {
  const slots = new Map<Expression, number>();
  const steps: Step[] = [];
  visitExpressions(roots, (expression) => {
    slots.set(expression, steps.length);
    steps.push(stepFor(expression, (operand) => slots.get(operand)!));
  });
  const values = new Float64Array(steps.length);
  const rootSlots = roots.map((root) => slots.get(root)!);
  const results = roots.map(() => 0);
  return (frame) => {
    for (let slot = 0; slot < steps.length; slot++) values[slot] = steps[slot]!(values, frame);
    rootSlots.forEach((slot, index) => (results[index] = values[slot]!));
    return results;
  };
}

function stepFor(expression: Expression, slotOf: (operand: Expression) => number): Step {
  if (isOperation(expression)) {
    const compute = scalarFunction(expression.op, expression.dtype, expression.word);
    const [a = 0, b = 0, c = 0, d = 0] = expression.inputs.map(slotOf);
    return (values) => compute(values[a]!, values[b]!, values[c]!, values[d]!);
  }
  switch (expression.op) {
    case 'load': {
      const { buffer, mask } = expression;
      const place = slotOf(expression.index);
      const guard = mask === undefined ? -1 : slotOf(mask);
      // Where the mask is false, the place may lie anywhere.
      return (values, { memory }) =>
        guard >= 0 && values[guard] === 0 ? 0 : memory[buffer]![values[place]!]!;
    }
    case 'constant':
      return () => expression.value;
    case 'scalar':
      return (_, { scalars }) => scalars[expression.position]!;
    case 'index':
      return (_, { point }) => point[expression.axis]!;
    case 'reduced':
      return (_, { reduced }) => reduced[expression.position]!;
  }
}
