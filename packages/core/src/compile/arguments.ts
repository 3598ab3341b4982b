import { isHostKey, type HostKey, type RandomKey } from '@gradus/random';
import { isTypedArray, type DataType } from '../dtype.js';
import { ArgumentError } from '../errors.js';
import { placeholder } from '../graph/leaf.js';
import type { GraphNode } from '../graph/node.js';
import { isHandle } from '../handle.js';
import { TracedKey } from '../random.js';
import type { Shape } from '../shape.js';
import { Tensor } from '../tensor.js';
import { isTensorData, nodeOf, type TensorLike } from '../tensor-like.js';

/**
 * What a caller may pass where a traced function takes a `Traced` argument: anything tensor-like
 * for a tensor (a plain number becomes a run-time scalar), a key for a key, strings and booleans as
 * they are, and the same inside arrays and plain objects.
 */
export type Passed<Traced> = Traced extends Tensor
  ? TensorLike
  : Traced extends RandomKey | string | boolean | null | undefined
    ? Traced
    : Traced extends readonly unknown[]
      ? { readonly [Position in keyof Traced]: Passed<Traced[Position]> }
      : Traced extends object
        ? { readonly [Name in keyof Traced]: Passed<Traced[Name]> }
        : never;

/** One argument, taken apart: what identifies the program, and what the program is fed. */
export type Argument =
  | { readonly kind: 'tensor'; readonly node: GraphNode }
  | { readonly kind: 'number'; readonly value: number }
  | { readonly kind: 'key'; readonly key: HostKey }
  | { readonly kind: 'static'; readonly value: unknown }
  | { readonly kind: 'list'; readonly items: readonly Argument[] }
  | { readonly kind: 'record'; readonly entries: readonly (readonly [string, Argument])[] };

/** Takes a call's argument apart. Arrays of numbers are tensors, other arrays are lists. */
export function parseArgument(value: unknown, path: string): Argument {
  if (typeof value === 'number') return { kind: 'number', value };
  if (isHandle(value) || isTypedArray(value) || isTensorData(value) || isNumeric(value)) {
    return { kind: 'tensor', node: nodeOf(value as TensorLike) };
  }
  if (isHostKey(value)) return { kind: 'key', key: value };
  if (value === null || ['string', 'boolean', 'undefined'].includes(typeof value)) {
    return { kind: 'static', value };
  }
  if (Array.isArray(value)) {
    const items = value.map((item, index) => parseArgument(item, `${path}[${index}]`));
    return { kind: 'list', items };
  }
  if (typeof value === 'object' && isPlain(value)) {
    const entries = Object.entries(value).map(
      ([name, item]) => [name, parseArgument(item, `${path}.${name}`)] as const,
    );
    return { kind: 'record', entries };
  }
  throw new ArgumentError(
    `compile: ${path} is ${typeof value === 'function' ? 'a function' : `a ${(value as object).constructor.name}`}; ` +
      `arguments may be tensors, typed or nested arrays, numbers, random keys, strings, booleans, and arrays or plain objects of them. ` +
      `Models and other objects are captured by the function instead.`,
  );
}

/** Whether this is a nested array of numbers or booleans. */
function isNumeric(value: unknown): boolean {
  let first = value;
  while (Array.isArray(first) && first.length > 0) first = first[0];
  return Array.isArray(value) && (typeof first === 'number' || typeof first === 'boolean');
}

function isPlain(value: object): boolean {
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null;
}

/** Equal for calls that one program serves: kinds, shapes, dtypes and static values. */
export function signatureOf(argument: Argument): string {
  switch (argument.kind) {
    case 'tensor':
      return `${argument.node.dtype}[${argument.node.shape.join()}]`;
    case 'number':
    case 'key':
      return argument.kind;
    case 'static':
      return argument.value === undefined ? 'undefined' : JSON.stringify(argument.value);
    case 'list':
      return `[${argument.items.map(signatureOf).join(';')}]`;
    case 'record': {
      const entries = argument.entries.map(
        ([name, item]) => `${JSON.stringify(name)}:${signatureOf(item)}`,
      );
      return `{${entries.join(';')}}`;
    }
  }
}

/** The tensors and numbers of an argument, in a fixed order. */
export function* argumentLeaves(argument: Argument): Generator<GraphNode | number> {
  switch (argument.kind) {
    case 'tensor':
      yield argument.node;
      break;
    case 'number':
      yield argument.value;
      break;
    case 'key':
      yield argument.key.word0;
      yield argument.key.word1;
      break;
    case 'list':
      for (const item of argument.items) yield* argumentLeaves(item);
      break;
    case 'record':
      for (const [, item] of argument.entries) yield* argumentLeaves(item);
      break;
    case 'static':
      break;
  }
}

/** What the traced function receives; placeholders are appended in the order of `argumentLeaves`. */
export function tracedArgument(
  argument: Argument,
  path: string,
  placeholders: GraphNode<'placeholder'>[],
): unknown {
  const declare = (shape: Shape, dtype: DataType, scalar: boolean): GraphNode<'placeholder'> => {
    const node = placeholder(path, shape, dtype, scalar);
    placeholders.push(node);
    return node;
  };
  switch (argument.kind) {
    case 'tensor':
      return new Tensor(declare(argument.node.shape, argument.node.dtype, false));
    case 'number':
      return new Tensor(declare([], 'float32', true));
    case 'key':
      return new TracedKey(declare([], 'uint32', true), declare([], 'uint32', true));
    case 'static':
      return argument.value;
    case 'list':
      return argument.items.map((item, index) =>
        tracedArgument(item, `${path}[${index}]`, placeholders),
      );
    case 'record': {
      const entries = argument.entries.map(([name, item]) => [
        name,
        tracedArgument(item, `${path}.${name}`, placeholders),
      ]);
      return Object.fromEntries(entries);
    }
  }
}
