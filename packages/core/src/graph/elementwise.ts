import { scalarOperations, type ScalarOperation } from '../backend/expression.js';
import { isFloating, isInteger, type DataType } from '../dtype.js';
import { DataTypeError } from '../errors.js';
import { broadcastShapes } from '../shape.js';
import { broadcastTo } from './movement.js';
import { GraphNode, isPrimitive } from './node.js';

/** The operations of one operand. */
export type UnaryOperation = {
  [Name in ScalarOperation]: (typeof scalarOperations)[Name]['arity'] extends 1 ? Name : never;
}[Exclude<ScalarOperation, 'cast'>];

/** The operations of two operands. */
export type BinaryOperation = {
  [Name in ScalarOperation]: (typeof scalarOperations)[Name]['arity'] extends 2 ? Name : never;
}[ScalarOperation];

type Domain = 'floating' | 'number' | 'logical' | 'integer' | 'any';

const domains: Record<UnaryOperation | BinaryOperation, Domain> = {
  neg: 'number',
  abs: 'number',
  sign: 'number',
  relu: 'number',
  floor: 'floating',
  ceil: 'floating',
  round: 'floating',
  sqrt: 'floating',
  exp: 'floating',
  expm1: 'floating',
  log: 'floating',
  log1p: 'floating',
  sin: 'floating',
  cos: 'floating',
  tanh: 'floating',
  sigmoid: 'floating',
  erf: 'floating',
  not: 'logical',
  add: 'number',
  sub: 'number',
  mul: 'number',
  div: 'floating',
  floorDiv: 'number',
  mod: 'number',
  pow: 'floating',
  maximum: 'any',
  minimum: 'any',
  less: 'any',
  lessEqual: 'any',
  equal: 'any',
  notEqual: 'any',
  and: 'logical',
  or: 'logical',
  xor: 'logical',
  shiftLeft: 'integer',
  shiftRight: 'integer',
};

const comparisons: ReadonlySet<string> = new Set(['less', 'lessEqual', 'equal', 'notEqual']);

const domainTests: Record<Domain, { accepts: (dtype: DataType) => boolean; wants: string }> = {
  floating: { accepts: isFloating, wants: "a floating-point dtype; cast first: x.cast('float32')" },
  number: { accepts: (dtype) => dtype !== 'bool', wants: "numbers; cast first: x.cast('float32')" },
  logical: {
    accepts: (dtype) => dtype === 'bool' || isInteger(dtype),
    wants: 'bool or an integer dtype',
  },
  integer: { accepts: isInteger, wants: 'an integer dtype' },
  any: { accepts: () => true, wants: '' },
};

/** Throws a `DataTypeError` unless `dtype` is a floating-point type. */
export function assertFloating(operation: string, dtype: DataType): void {
  if (isFloating(dtype)) return;
  throw new DataTypeError(`${operation}: got ${dtype}, expected ${domainTests.floating.wants}.`);
}

function checkDomain(operation: UnaryOperation | BinaryOperation, dtype: DataType): void {
  const { accepts, wants } = domainTests[domains[operation]];
  if (!accepts(dtype)) {
    const hint = operation === 'div' && isInteger(dtype) ? ', or use floorDiv' : '';
    throw new DataTypeError(`${operation}: got ${dtype}, expected ${wants}${hint}.`);
  }
}

/** A node that applies `operation` to every element of `input`. */
export function unary(operation: UnaryOperation, input: GraphNode): GraphNode {
  checkDomain(operation, input.dtype);
  return new GraphNode(operation, [input], {}, input.shape, input.dtype);
}

/** A node that applies `operation` to the elements of two broadcast operands of one dtype. */
export function binary(operation: BinaryOperation, left: GraphNode, right: GraphNode): GraphNode {
  checkSameDataType(operation, left, right);
  checkDomain(operation, left.dtype);
  const shape = broadcastShapes(operation, left.shape, right.shape);
  const a = broadcastTo(left, shape);
  const b = broadcastTo(right, shape);
  const dtype = comparisons.has(operation) ? 'bool' : left.dtype;
  return neutral(operation, a, b) ?? new GraphNode(operation, [a, b], {}, shape, dtype);
}

/** x · 1, 1 · x, x / 1, x + 0, 0 + x and x − 0 are x: gradient rules produce many of them. */
function neutral(operation: BinaryOperation, a: GraphNode, b: GraphNode): GraphNode | undefined {
  switch (operation) {
    case 'mul':
      return constantValue(b) === 1 ? a : constantValue(a) === 1 ? b : undefined;
    case 'div':
      return constantValue(b) === 1 ? a : undefined;
    case 'add':
      return constantValue(b) === 0 ? a : constantValue(a) === 0 ? b : undefined;
    case 'sub':
      return constantValue(b) === 0 ? a : undefined;
    default:
      return undefined;
  }
}

/** The number that every element of `node` is known to have, if it is a broadcast constant. */
function constantValue(node: GraphNode): number | undefined {
  let current = node;
  while (isPrimitive(current, 'broadcastTo') || isPrimitive(current, 'reshape')) {
    const [input] = current.inputs;
    if (input === undefined) return undefined;
    current = input;
  }
  return isPrimitive(current, 'constant') ? current.attributes.value : undefined;
}

/** Elements of `whenTrue` where `condition` holds, of `whenFalse` elsewhere. */
export function where(condition: GraphNode, whenTrue: GraphNode, whenFalse: GraphNode): GraphNode {
  if (condition.dtype !== 'bool') {
    throw new DataTypeError(
      `where: the condition must be bool, got ${condition.dtype}; compare first, e.g. x.notEqual(0).`,
    );
  }
  checkSameDataType('where', whenTrue, whenFalse);
  const shape = broadcastShapes('where', condition.shape, whenTrue.shape, whenFalse.shape);
  const inputs = [condition, whenTrue, whenFalse].map((input) => broadcastTo(input, shape));
  return new GraphNode('where', inputs, {}, shape, whenTrue.dtype);
}

/** The same values in another dtype. */
export function cast(input: GraphNode, dtype: DataType): GraphNode {
  return input.dtype === dtype ? input : new GraphNode('cast', [input], {}, input.shape, dtype);
}

/** One word of Threefry-2x32, elementwise over four broadcast uint32 operands. */
export function threefry(
  word: 0 | 1,
  operands: readonly [GraphNode, GraphNode, GraphNode, GraphNode],
): GraphNode {
  for (const { dtype } of operands) {
    if (dtype !== 'uint32') throw new DataTypeError(`threefry: got ${dtype}, expected uint32.`);
  }
  const shape = broadcastShapes('threefry', ...operands.map((operand) => operand.shape));
  const inputs = operands.map((operand) => broadcastTo(operand, shape));
  return new GraphNode('threefry', inputs, { word }, shape, 'uint32');
}

/** Throws a `DataTypeError` unless both operands have one dtype. */
export function checkSameDataType(operation: string, left: GraphNode, right: GraphNode): void {
  if (left.dtype !== right.dtype) {
    throw new DataTypeError(
      `${operation}: operands have dtypes ${left.dtype} and ${right.dtype}; ` +
        `cast one of them, e.g. b.cast('${left.dtype}').`,
    );
  }
}
