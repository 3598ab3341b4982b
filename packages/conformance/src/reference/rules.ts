import {
  isFloating,
  isPrimitive,
  type DataType,
  type GraphNode,
  type PrimitiveName,
} from '@gradus/core';
import {
  roundTo,
  scalarFunction,
  scalarOperations,
  type ScalarOperation,
} from '@gradus/core/backend';
import { argReduce, matMul, reduce } from './contraction.js';
import { at, build, type HostArray } from './host-array.js';
import * as movement from './movement.js';
import { collect, greatest, products, spread, windowSums } from './window.js';

/** What a primitive means: the values of a node from those of its inputs, computed as `dtype`. */
type Rule<Name extends PrimitiveName> = (
  node: GraphNode<Name>,
  inputs: readonly HostArray[],
  dtype: DataType,
) => HostArray;

type Structural = Exclude<PrimitiveName, ScalarOperation>;

/** Adds and multiplies as `dtype` does: integers wrap, floating-point sums round once, at the end. */
function arithmetic(dtype: DataType): { add: typeof plus; multiply: typeof plus } {
  if (isFloating(dtype)) return { add: plus, multiply: (a, b) => a * b };
  return { add: scalarFunction('add', dtype), multiply: scalarFunction('mul', dtype) };
}

const plus = (a: number, b: number): number => a + b;

function rounded(array: HostArray, dtype: DataType): HostArray {
  return { shape: array.shape, data: array.data.map(roundTo[dtype]) };
}

function unknown(node: GraphNode): never {
  throw new TypeError(
    `The reference has no value for the leaf ${node.primitive}. Pass it among the known values.`,
  );
}

const first: Rule<PrimitiveName> = (_, inputs) => inputs[0]!;

/** Exhaustive over the primitives that are no scalar operation: one without a rule does not compile. */
const structuralRules: { readonly [Name in Structural]: Rule<Name> } = {
  constant: (node) => build([], () => node.attributes.value),
  iota: (node, _, dtype) =>
    build(node.shape, (index) => roundTo[dtype](index[node.attributes.axis]!)),
  data: unknown,
  placeholder: unknown,
  variable: unknown,
  reshape: (node, [x]) => movement.reshape(node, x!),
  transpose: (node, [x]) => movement.transpose(node, x!),
  broadcastTo: (node, [x]) => movement.broadcastTo(node, x!),
  slice: (node, [x]) => movement.slice(node, x!),
  pad: (node, [x]) => movement.pad(node, x!),
  flip: (node, [x]) => movement.flip(node, x!),
  concat: movement.concat,
  gather: (node, [x, indices], dtype) =>
    movement.gather(node, x!, indices!, isFloating(dtype) ? NaN : 0),
  scatterAdd: (node, [indices, updates], dtype) =>
    rounded(movement.scatterAdd(node, indices!, updates!, arithmetic(dtype).add), dtype),
  sum: (node, [x], dtype) => rounded(reduce(node, x!, 0, arithmetic(dtype).add), dtype),
  product: (node, [x], dtype) => rounded(reduce(node, x!, 1, arithmetic(dtype).multiply), dtype),
  max: (node, [x]) => reduce(node, x!, -Infinity, Math.max),
  min: (node, [x]) => reduce(node, x!, Infinity, Math.min),
  argMax: (node, [x]) => argReduce(node, x!, (challenger, holder) => challenger > holder),
  argMin: (node, [x]) => argReduce(node, x!, (challenger, holder) => challenger < holder),
  matMul: (node, [left, right], dtype) => {
    const { add, multiply } = arithmetic(dtype);
    return rounded(matMul(node, left!, right!, multiply, add), dtype);
  },
  conv2d: (node, [x, w], dtype) =>
    rounded(
      collect(
        node.shape,
        [...products(x!.shape, w!.shape, node.attributes)].map(({ image, filter, output }) => ({
          place: output,
          value: at(x!, image) * at(w!, filter),
        })),
      ),
      dtype,
    ),
  conv2dInputGradient: (node, [dy, w], dtype) =>
    rounded(
      collect(
        node.shape,
        [...products(node.shape, w!.shape, node.attributes)].map(({ image, filter, output }) => ({
          place: image,
          value: at(dy!, output) * at(w!, filter),
        })),
      ),
      dtype,
    ),
  conv2dFilterGradient: (node, [x, dy], dtype) =>
    rounded(
      collect(
        node.shape,
        [...products(x!.shape, node.shape, node.attributes)].map(({ image, filter, output }) => ({
          place: filter,
          value: at(x!, image) * at(dy!, output),
        })),
      ),
      dtype,
    ),
  maxPool2d: (node, [x]) => greatest(x!, node.shape, node.attributes).values,
  maxPool2dPositions: (node, [x]) => greatest(x!, node.shape, node.attributes).positions,
  sumPool2d: (node, [x], dtype) => rounded(windowSums(x!, node.shape, node.attributes), dtype),
  maxUnpool2d: (node, [values, positions], dtype) =>
    rounded(spread(values!, positions, node.shape, node.attributes), dtype),
  sumUnpool2d: (node, [values], dtype) =>
    rounded(spread(values!, undefined, node.shape, node.attributes), dtype),
  stopGradient: first,
  customGradient: first,
};

const isScalarOperation = (name: PrimitiveName): name is ScalarOperation =>
  name in scalarOperations;

function elementwise(node: GraphNode, inputs: readonly HostArray[], dtype: DataType): HostArray {
  const word = isPrimitive(node, 'threefry') ? node.attributes.word : 0;
  const compute = scalarFunction(node.primitive as ScalarOperation, dtype, word);
  const data = new Float64Array(node.size);
  const [a = data, b = data, c = data, d = data] = inputs.map((input) => input.data);
  for (let position = 0; position < data.length; position++) {
    data[position] = compute(a[position]!, b[position]!, c[position]!, d[position]!);
  }
  return { shape: node.shape, data };
}

/** The values of one node, computed as `dtype`. Throws a `TypeError` for leaves that hold data. */
export const apply: Rule<PrimitiveName> = (node, inputs, dtype) => {
  if (isScalarOperation(node.primitive)) return elementwise(node, inputs, dtype);
  const rule = structuralRules[node.primitive] as Rule<PrimitiveName>;
  return rule(node, inputs, dtype);
};
