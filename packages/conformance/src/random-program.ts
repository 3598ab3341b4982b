import {
  iota,
  isFloating,
  scatterAdd,
  sizeOf,
  softmax,
  where,
  type DataType,
  type Shape,
  type Tensor,
} from '@gradus/core';
import { movements } from './areas/movement.js';
import type { Inputs } from './inputs.js';

/** What a step may use besides the tensor it starts from. */
interface Surroundings {
  readonly inputs: Inputs;
  /** Some other tensor of the program, moved and cast to fit. */
  readonly other: (shape: Shape, dtype: DataType) => Tensor;
}

type Step = (x: Tensor, surroundings: Surroundings) => Tensor;

/** Applies a method to `x` and to another tensor of its shape, or of one that broadcasts to it. */
const withOther =
  (
    ...names: readonly ('add' | 'sub' | 'mul' | 'maximum' | 'minimum' | 'xor' | 'and' | 'or')[]
  ): Step =>
  (x, { inputs, other }) => {
    const shape = inputs.pick([x.shape, x.shape.slice(1), x.shape.map(() => 1)]);
    return x[inputs.pick(names)](other(shape, x.dtype));
  };

const anyAxis = (x: Tensor, inputs: Inputs): number => inputs.integer(0, x.rank);

const move: Step = (x, { inputs }) => inputs.pick(movements)(x, inputs);

const extreme: Step = (x, { inputs }) =>
  x.rank === 0
    ? x
    : x[inputs.pick(['max', 'min'] as const)](anyAxis(x, inputs), { keepDims: true });

const gather: Step = (x, { inputs, other }) =>
  x.rank === 0 ? x : x.gather(other([3], 'int32'), anyAxis(x, inputs));

const integers: Step = (x, surroundings) => {
  const { inputs, other } = surroundings;
  const y = x.cast('int32');
  const steps: readonly Step[] = [
    withOther('xor', 'and', 'or'),
    () => y.shiftRight(1).mul(3),
    () => y.floorDiv(3).add(y.mod(7)),
    () => (y.rank === 0 ? y : y.sum(anyAxis(y, inputs))),
    () => (y.rank === 0 ? y : y.argMax(anyAxis(y, inputs))),
    () => y.reshape([-1, 1]).matMul(other([1, 3], 'int32')),
    () => scatterAdd(other([y.size], 'int32').mod(5), y.reshape([-1]), { extent: 5 }),
    () => (y.rank === 0 ? y : y.add(iota(y.shape, anyAxis(y, inputs)))),
  ];
  return inputs.pick(steps)(y, surroundings);
};

/** Steps whose results every backend and every plan must give to the last bit. */
export const exactSteps: readonly Step[] = [
  withOther('add', 'sub', 'mul', 'maximum', 'minimum'),
  withOther('add', 'sub', 'mul', 'maximum', 'minimum'),
  (x, { inputs }) => x[inputs.pick(['neg', 'abs', 'relu', 'sign'] as const)](),
  (x) => (isFloating(x.dtype) ? x.floor() : x.not()),
  (x, { other }) => where(x.less(other(x.shape, x.dtype)), other(x.shape, x.dtype), x),
  (x, { other }) => x.lessEqual(other(x.shape, x.dtype)).cast(x.dtype).add(x),
  (x) => x.cast(isFloating(x.dtype) ? 'int32' : 'float32'),
  extreme,
  gather,
  integers,
  integers,
  move,
  move,
  move,
];

/** Bounded steps without kinks, whose gradients central differences can follow. */
export const smoothSteps: readonly Step[] = [
  withOther('add', 'sub', 'mul'),
  withOther('add', 'sub', 'mul'),
  (x) => x.tanh(),
  (x) => x.sigmoid().sub(0.5),
  (x) => x.sin(),
  (x) => x.tanh().mul(x.square().add(1).log()),
  (x) => x.square().add(1).sqrt().reciprocal(),
  (x, { inputs }) => (x.rank === 0 ? x : x.mean(anyAxis(x, inputs), { keepDims: true })),
  (x, { inputs }) => (x.rank === 0 ? x : softmax(x, anyAxis(x, inputs))),
  (x, { inputs }) => (x.rank === 0 ? x : x.sub(x.mean(anyAxis(x, inputs), { keepDims: true }))),
  (x, { other }) => {
    const rows = x.shape[0] ?? 1;
    return x
      .reshape([rows, -1])
      .tanh()
      .matMul(other([x.size / rows, 3], x.dtype).tanh());
  },
  (x, { inputs }) => {
    if (x.rank === 0) return x;
    const axis = anyAxis(x, inputs);
    const indices = inputs.tensor([3], 'int32', { minimum: 0, maximum: x.shape[axis]! });
    return x.gather(indices, axis);
  },
  (x, { inputs }) => {
    const indices = inputs.tensor([x.size], 'int32', { minimum: 0, maximum: 5 });
    return scatterAdd(indices, x.reshape([-1]).div(x.size), { extent: 5 });
  },
  move,
  move,
];

/** Continuous steps, for comparing plans that round differently. */
export const continuousSteps: readonly Step[] = [
  ...smoothSteps,
  withOther('maximum', 'minimum'),
  (x) => x.relu().sub(x.abs()),
  extreme,
];

/**
 * A random program: yields every intermediate tensor as it is built and returns the results. What
 * is built depends on the seed and on shapes, never on values, so that it can be built again.
 */
export function* randomProgram(
  inputs: Inputs,
  leaves: readonly Tensor[],
  steps: readonly Step[],
  length: number,
): Generator<Tensor, readonly Tensor[]> {
  const pool = [...leaves];
  const other = (shape: Shape, dtype: DataType): Tensor => fit(inputs.pick(pool), shape, dtype);
  for (let count = 0; count < length; count++) {
    // The newest half of the time, so that chains become long.
    const x = inputs.integer(0, 2) === 0 ? pool.at(-1)! : inputs.pick(pool);
    const result = inputs.pick(steps)(small(x), { inputs, other });
    yield result;
    pool.push(result);
  }
  return [pool.at(-1)!, ...[1, 2].map(() => inputs.pick(pool.slice(leaves.length)))];
}

/** Movement steps make tensors larger; their first elements stand for them from then on. */
function small(x: Tensor): Tensor {
  return x.size <= 300 ? x : x.reshape([-1]).slice([0], [150]);
}

/** The first elements of `x`, row by row, as a tensor of another shape and dtype; ones behind. */
export function fit(x: Tensor, shape: Shape, dtype: DataType): Tensor {
  const size = sizeOf(shape);
  const flat = x.cast(dtype).reshape([-1]);
  const filled = flat.size < size ? flat.pad([0], [size - flat.size], 1) : flat.slice([0], [size]);
  return filled.reshape(shape);
}
