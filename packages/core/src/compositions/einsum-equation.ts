import { ArgumentError, ShapeError } from '../errors.js';
import { broadcastShapes, formatShape, type Shape } from '../shape.js';

/** What an equation says about operands of certain shapes. */
export interface EinsumEquation {
  /** A label for each axis of each operand. */
  readonly operands: readonly (readonly string[])[];
  /** The labels of the result. All others are summed over. */
  readonly result: readonly string[];
  /** How long the axes of each label are. */
  readonly extents: ReadonlyMap<string, number>;
}

const ellipsis = '...';

/**
 * Reads `"bij,bjk->bik"`. Axes under an ellipsis are labelled `...0`, `...1` and so on from the last
 * one, so that they align as broadcasting does. Without an arrow the result has the letters that
 * occur once, in alphabetical order, behind the ellipsis.
 */
export function parseEquation(equation: string, shapes: readonly Shape[]): EinsumEquation {
  const [left = '', right, ...more] = equation.replaceAll(' ', '').split('->');
  if (more.length > 0) throw new ArgumentError(`einsum: "${equation}" has more than one arrow.`);
  const terms = left.split(',').map((term) => readTerm(equation, term));
  if (terms.length !== shapes.length) {
    throw new ArgumentError(
      `einsum: the number of operands in "${equation}" is ${terms.length}, got ${shapes.length}.`,
    );
  }
  const operands = terms.map((term, position) => {
    const further = furtherAxes(equation, term, shapes[position]!, position);
    return withoutEllipsis(term, further);
  });
  const further = operands.flat().filter((label) => label.startsWith(ellipsis));
  const term = right === undefined ? implicitResult(terms.flat()) : readTerm(equation, right);
  const result = withoutEllipsis(term, new Set(further).size);
  checkResult(equation, term, operands.flat());
  return { operands, result, extents: extentsOf(equation, operands, shapes) };
}

/** The letters and the ellipsis of a term. */
function readTerm(equation: string, term: string): string[] {
  if (!/^[a-z]*(\.{3}[a-z]*)?$/i.test(term)) {
    throw new ArgumentError(
      `einsum: "${term}" in "${equation}" must be letters, one for each axis, with at most one ` +
        `ellipsis (...) for any further axes.`,
    );
  }
  return term.match(/\.{3}|[a-z]/gi) ?? [];
}

/** How many axes of an operand have no letter. */
function furtherAxes(
  equation: string,
  term: readonly string[],
  shape: Shape,
  position: number,
): number {
  const letters = term.filter((label) => label !== ellipsis).length;
  const further = shape.length - letters;
  const open = letters < term.length;
  if (open ? further >= 0 : further === 0) return further;
  throw new ShapeError(
    `einsum: operand ${position} of "${equation}" must have ${open ? 'at least ' : ''}rank ` +
      `${letters} for "${term.join('')}", got shape ${formatShape(shape)}.`,
  );
}

function withoutEllipsis(term: readonly string[], further: number): string[] {
  const labels = Array.from({ length: further }, (_, axis) => `${ellipsis}${further - 1 - axis}`);
  return term.flatMap((label) => (label === ellipsis ? labels : label));
}

function implicitResult(labels: readonly string[]): string[] {
  const once = labels.filter((label) => labels.indexOf(label) === labels.lastIndexOf(label));
  return [ellipsis, ...once.filter((label) => label !== ellipsis).sort()];
}

/** Every label of the result must come from an operand, once, and no ellipsis get lost. */
function checkResult(equation: string, term: readonly string[], labels: readonly string[]): void {
  const wrong = term.find(
    (label, place) =>
      label !== ellipsis && (!labels.includes(label) || term.indexOf(label) < place),
  );
  if (wrong !== undefined) {
    const reason = labels.includes(wrong) ? 'occurs twice in' : 'is in no operand but in';
    throw new ArgumentError(`einsum: "${wrong}" ${reason} the result of "${equation}".`);
  }
  if (!term.includes(ellipsis) && labels.some((label) => label.startsWith(ellipsis))) {
    throw new ArgumentError(
      `einsum: operands of "${equation}" have axes under an ellipsis, so the result needs one too.`,
    );
  }
}

/** Axes of one letter must be equally long; those under an ellipsis broadcast. */
function extentsOf(
  equation: string,
  operands: readonly (readonly string[])[],
  shapes: readonly Shape[],
): Map<string, number> {
  const extents = new Map<string, number>();
  const owners = new Map<string, number>();
  operands.forEach((labels, operand) =>
    labels.forEach((label, axis) => {
      const extent = shapes[operand]![axis]!;
      const known = extents.get(label) ?? extent;
      if (known !== extent && !label.startsWith(ellipsis)) {
        const owner = owners.get(label)!;
        throw new ShapeError(
          `einsum: "${label}" in "${equation}" is ${known} in operand ${owner}, ` +
            `${formatShape(shapes[owner]!)}, but ${extent} in operand ${operand}, ` +
            `${formatShape(shapes[operand]!)}.`,
        );
      }
      extents.set(label, known === 1 ? extent : known);
      if (!owners.has(label)) owners.set(label, operand);
    }),
  );
  const further = operands.map((labels, operand) =>
    shapes[operand]!.filter((_, axis) => labels[axis]!.startsWith(ellipsis)),
  );
  broadcastShapes('einsum', ...further);
  return extents;
}
