import { grad } from '@gradus/autograd';
import {
  asTensor,
  isFloating,
  isPrimitive,
  sizeOf,
  Tensor,
  tensor,
  topologicalOrder,
  type GraphNode,
  type Shape,
  type TensorLike,
  type Variable,
} from '@gradus/core';
import { check, indexAt } from './assertions.js';
import { Inputs } from './inputs.js';
import { evaluateReference, type KnownValues } from './reference/evaluate.js';
import type { HostArray } from './reference/host-array.js';

/** What to compare, and how closely. */
export interface GradientCheckOptions {
  /** Variables whose gradients are checked too, by name: `namedParameters(layer)`. */
  readonly parameters?: Readonly<Record<string, Variable>>;
  /** 2 also checks the gradient of the gradient; for smooth functions. Default 1. */
  readonly order?: 1 | 2;
  /** The largest |gradient − difference| / max(1, |gradient|, |difference|) allowed. Default 1e-6. */
  readonly tolerance?: number;
  /** How far to each side elements are moved, times max(1, |element|). Default 1e-5. */
  readonly step?: number;
  /** How many elements of each input are moved; a fixed choice if there are more. Default 64. */
  readonly maximumElements?: number;
}

/** One element of one input: its gradient twice. */
export interface GradientComparison {
  /** `input 0`, or the name of a parameter. */
  readonly input: string;
  readonly index: readonly number[];
  /** What autograd says. */
  readonly gradient: number;
  /** What central differences say. */
  readonly difference: number;
  /** |gradient − difference| / max(1, |gradient|, |difference|). */
  readonly error: number;
}

/** What a gradient check found. */
export interface GradientCheckReport {
  /** How many elements were moved. */
  readonly checked: number;
  readonly worst: GradientComparison;
}

interface Target {
  readonly name: string;
  readonly handle: Tensor | Variable;
  readonly node: GraphNode;
}

/**
 * Compares gradients with central differences, (f(x + h) − f(x − h)) / 2h, in float64 and on the
 * host, whatever the dtypes of `fn` are and without any device (but for parameters that live on
 * one). A result that is no scalar is contracted with fixed random weights first.
 *
 * @param fn Builds one tensor from tensors. It is called once; randomness must come from a key.
 * @param inputs Values for its arguments. Only floating-point ones have gradients.
 *
 * Throws a `ConformanceError` that names the worst element if any is off by more than the
 * tolerance, or if there is nothing to check.
 */
export async function checkGradients(
  fn: (...inputs: Tensor[]) => Tensor,
  inputs: readonly TensorLike[],
  options: GradientCheckOptions = {},
): Promise<GradientCheckReport> {
  const known = new Map<GraphNode, HostArray>();
  const leaves = inputs.map((input) => leafFor(input, known));
  const output = fn(...leaves);
  for (const node of topologicalOrder([output.node])) {
    if (isPrimitive(node, 'variable')) known.set(node, await variableValue(node));
  }
  const targets = [
    ...leaves.map((handle, position) => ({ name: `input ${position}`, handle, node: handle.node })),
    ...parameterTargets(options.parameters ?? {}, known),
  ].filter(({ handle }) => isFloating(handle.dtype) && sizeOf(handle.shape) > 0);
  check(targets.length > 0, 'checkGradients: no input is floating-point, so there is no gradient.');
  const weights = new Inputs(1);
  let scalar = weighted(output, weights);
  let comparisons = compare(scalar, targets, known, options);
  if (options.order === 2) {
    const gradients = grad(
      scalar,
      targets.map(({ handle }) => handle),
    );
    scalar = gradients.map((each) => weighted(each, weights)).reduce((sum, each) => sum.add(each));
    comparisons = [...comparisons, ...compare(scalar, targets, known, options)];
  }
  return verdict(comparisons, options);
}

/** A leaf of the input's dtype; its value to compute with is not rounded. */
function leafFor(input: TensorLike, known: Map<GraphNode, HostArray>): Tensor {
  const given = asTensor(input);
  const value = evaluateReference([given])[0]!;
  const leaf = tensor(Array.from(value.data), { shape: given.shape, dtype: given.dtype });
  known.set(leaf.node, value);
  return leaf;
}

async function variableValue(node: GraphNode<'variable'>): Promise<HostArray> {
  const { version } = node.attributes;
  const handle = new Tensor(node);
  if (version.storage === undefined) return evaluateReference([handle])[0]!;
  return { shape: node.shape, data: Float64Array.from(await handle.data()) };
}

/** The node by which the graph reads each parameter. Those that it does not read have none. */
function parameterTargets(
  parameters: Readonly<Record<string, Variable>>,
  known: KnownValues,
): Target[] {
  const reads = [...known.keys()].filter((node) => isPrimitive(node, 'variable'));
  return Object.entries(parameters).map(([name, handle]) => {
    const node = reads.find(({ attributes }) => attributes.version.variable === handle);
    check(
      node !== undefined,
      `checkGradients: the result does not depend on the parameter ${name}.`,
    );
    return { name, handle, node };
  });
}

function weighted(output: Tensor, weights: Inputs): Tensor {
  const range = { minimum: 0.5, maximum: 1.5 };
  return output.mul(weights.tensor(output.shape, output.dtype, range)).sum();
}

function compare(
  scalar: Tensor,
  targets: readonly Target[],
  known: KnownValues,
  options: GradientCheckOptions,
): GradientComparison[] {
  const { step = 1e-5, maximumElements = 64 } = options;
  const gradients = grad(
    scalar,
    targets.map(({ handle }) => handle),
  );
  const expected = evaluateReference(gradients, 'float64', known);
  return targets.flatMap(({ name, node }, position) => {
    const value = known.get(node)!;
    const moved = (element: number, by: number): number => {
      const data = value.data.slice();
      data[element]! += by;
      const others = new Map(known).set(node, { shape: value.shape, data });
      return evaluateReference([scalar], 'float64', others)[0]!.data[0]!;
    };
    return chosenElements(value.shape, maximumElements).map((element) => {
      const by = step * Math.max(1, Math.abs(value.data[element]!));
      const difference = (moved(element, by) - moved(element, -by)) / (2 * by);
      const gradient = expected[position]!.data[element]!;
      const scale = Math.max(1, Math.abs(gradient), Math.abs(difference));
      const error = Math.abs(gradient - difference) / scale;
      return { input: name, index: indexAt(value.shape, element), gradient, difference, error };
    });
  });
}

function chosenElements(shape: Shape, maximum: number): number[] {
  const size = sizeOf(shape);
  const order = size <= maximum ? undefined : new Inputs(2).permutation(size);
  return Array.from({ length: Math.min(size, maximum) }, (_, place) => order?.[place] ?? place);
}

function verdict(
  comparisons: readonly GradientComparison[],
  { tolerance = 1e-6 }: GradientCheckOptions,
): GradientCheckReport {
  // Not `>`: an error of NaN is the worst of all.
  const worst = comparisons.reduce((a, b) => (b.error <= a.error ? a : b));
  const { input, index, gradient, difference, error } = worst;
  check(
    error <= tolerance,
    `checkGradients: the gradient of ${input} at [${index.join(', ')}] is ${gradient}, ` +
      `but central differences give ${difference} ` +
      `(relative error ${error.toPrecision(3)}, allowed ${tolerance}).`,
  );
  return { checked: comparisons.length, worst };
}
