import { ArgumentError, DataTypeError } from '../errors.js';
import { checkSameDataType } from '../graph/elementwise.js';
import { sizeOf } from '../shape.js';
import { asTensor, type Tensor } from '../tensor.js';
import type { TensorLike } from '../tensor-like.js';
import { parseEquation } from './einsum-equation.js';

/** A tensor with a label for each of its axes. */
interface Labelled {
  readonly tensor: Tensor;
  readonly labels: readonly string[];
}

/**
 * The sum of products that an equation names, as NumPy's `einsum`: in `'bij,bjk->bik'` operands are
 * separated by commas, each letter is an axis, letters that the result lacks are summed over. A
 * letter twice in one operand takes its diagonal; `...` stands for further axes, which broadcast;
 * without an arrow the result has the letters that occur once, in alphabetical order.
 *
 * Operands are multiplied in pairs, those of the smallest result first: as matrices where both have
 * axes of their own and some are summed over, element by element otherwise.
 *
 * @param equation Spaces are ignored.
 * @param operands All of one numeric dtype; plain arrays take that of the first.
 * @throws ArgumentError for an equation that makes no sense or is about another number of operands,
 *   ShapeError for operands of other ranks or extents than it says, DataTypeError for bool and for
 *   different dtypes.
 */
export function einsum(equation: string, ...operands: readonly TensorLike[]): Tensor {
  const [first] = operands;
  if (first === undefined) throw new ArgumentError('einsum: needs at least one operand.');
  const { dtype } = asTensor(first);
  const tensors = operands.map((operand) => asTensor(operand, dtype));
  if (dtype === 'bool') throw new DataTypeError('einsum: got bool, expected a numeric dtype.');
  for (const each of tensors) checkSameDataType('einsum', tensors[0]!.node, each.node);
  const shapes = tensors.map(({ shape }) => shape);
  const { operands: labels, result, extents } = parseEquation(equation, shapes);
  let rest = tensors.map((tensor, position) => diagonal({ tensor, labels: labels[position]! }));
  while (rest.length > 1) {
    const { pair, kept } = cheapest(rest, result, extents);
    const product = contract(...pair, kept);
    rest = [...rest.filter((each) => !pair.includes(each)), product];
  }
  return arranged(summed(rest[0]!, result), result);
}

/** Labels that occur twice become one, along which both indices are the same. */
function diagonal({ tensor, labels }: Labelled): Labelled {
  const label = labels.find((each, axis) => labels.indexOf(each) < axis);
  if (label === undefined) return { tensor, labels };
  const twice = [labels.indexOf(label), labels.lastIndexOf(label)];
  const others = labels.flatMap((_, axis) => (twice.includes(axis) ? [] : [axis]));
  const extent = tensor.shape[twice[0]!]!;
  const outer = others.map((axis) => tensor.shape[axis]!);
  // Of n · n elements in a row every (n + 1)-th lies on the diagonal.
  const elements = tensor.transpose([...others, ...twice]).reshape([...outer, extent * extent]);
  const origin = elements.shape.map(() => 0);
  const steps = [...outer.map(() => 1), extent + 1];
  return diagonal({
    tensor: elements.slice(origin, [...outer, extent], steps),
    labels: [...others.map((axis) => labels[axis]!), label],
  });
}

/** Which two operands have the smallest product, and the labels it must keep. */
function cheapest(
  operands: readonly Labelled[],
  result: readonly string[],
  extents: ReadonlyMap<string, number>,
): { pair: [Labelled, Labelled]; kept: ReadonlySet<string> } {
  const products = operands.flatMap((a, position) =>
    operands.slice(position + 1).map((b) => {
      const others = operands.filter((each) => each !== a && each !== b);
      const kept = new Set([...result, ...others.flatMap(({ labels }) => labels)]);
      const labels = new Set([...a.labels, ...b.labels].filter((label) => kept.has(label)));
      const pair: [Labelled, Labelled] = [a, b];
      return { pair, kept, size: sizeOf(Array.from(labels, (label) => extents.get(label)!)) };
    }),
  );
  return products.reduce((best, each) => (each.size < best.size ? each : best));
}

/** Σ a · b over the labels that are not kept. */
function contract(left: Labelled, right: Labelled, kept: ReadonlySet<string>): Labelled {
  const a = summed(left, [...kept, ...right.labels]);
  const b = summed(right, [...kept, ...left.labels]);
  const shared = a.labels.filter((label) => b.labels.includes(label));
  const batch = shared.filter((label) => kept.has(label));
  const inner = shared.filter((label) => !kept.has(label));
  const rows = a.labels.filter((label) => !shared.includes(label));
  const columns = b.labels.filter((label) => !shared.includes(label));
  const outer = [...batch, ...rows, ...columns];
  if (inner.length > 0 && rows.length > 0 && columns.length > 0) {
    const product = matrices(a, [batch, rows, inner]).matMul(matrices(b, [batch, inner, columns]));
    const shape = [
      ...product.shape.slice(0, batch.length),
      ...rows.map((label) => extentOf(a, label)),
      ...columns.map((label) => extentOf(b, label)),
    ];
    return { tensor: product.reshape(shape), labels: outer };
  }
  const labels = [...outer, ...inner];
  const product = { tensor: arranged(a, labels).mul(arranged(b, labels)), labels };
  return summed(product, outer);
}

const extentOf = ({ tensor, labels }: Labelled, label: string): number =>
  tensor.shape[labels.indexOf(label)] ?? 1;

/** Without the axes whose labels are not kept. */
function summed({ tensor, labels }: Labelled, kept: readonly string[]): Labelled {
  const axes = labels.flatMap((label, axis) => (kept.includes(label) ? [] : [axis]));
  if (axes.length === 0) return { tensor, labels };
  return { tensor: tensor.sum(axes), labels: labels.filter((label) => kept.includes(label)) };
}

/** With axes in the order of `labels`, those it lacks being of extent 1. */
function arranged(operand: Labelled, labels: readonly string[]): Tensor {
  const present = labels.filter((label) => operand.labels.includes(label));
  const ordered = operand.tensor.transpose(present.map((label) => operand.labels.indexOf(label)));
  return ordered.reshape(labels.map((label) => extentOf(operand, label)));
}

/** A batch of matrices whose rows and columns are those of several axes. */
function matrices(
  operand: Labelled,
  [batch, rows, columns]: readonly [readonly string[], readonly string[], readonly string[]],
): Tensor {
  const sizes = [rows, columns].map((labels) =>
    sizeOf(labels.map((label) => extentOf(operand, label))),
  );
  const shape = [...batch.map((label) => extentOf(operand, label)), ...sizes];
  return arranged(operand, [...batch, ...rows, ...columns]).reshape(shape);
}
