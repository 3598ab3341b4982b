import {
  concat,
  iota,
  scatterAdd,
  softmax,
  tensor,
  Tensor,
  where,
  type DataType,
  type Shape,
} from '../../src/index.js';

/** Numbers that decide what a random graph looks like. */
export class Choices {
  readonly #numbers: readonly number[];
  #next = 0;

  constructor(numbers: readonly number[]) {
    this.#numbers = numbers;
  }

  get done(): boolean {
    return this.#next >= this.#numbers.length;
  }

  /** An integer in 0…below−1. */
  below(below: number): number {
    return this.#numbers[this.#next++ % this.#numbers.length]! % below;
  }

  of<Item>(list: readonly Item[]): Item {
    return list[this.below(list.length)]!;
  }
}

const unary = ['neg', 'abs', 'sign', 'relu', 'square', 'tanh', 'exp', 'floor', 'sigmoid'] as const;
const binary = ['add', 'sub', 'mul', 'maximum', 'minimum', 'div', 'mod'] as const;

/**
 * Grows `pool` by one random operation on its members. Sizes stay small, and everything is float32
 * but for passing conditions and indices.
 */
export function grow(pool: Tensor[], choices: Choices): Tensor {
  // Rather something recent, so that chains become long.
  const x = choices.of(choices.below(3) === 0 ? pool : pool.slice(-5));
  const made = operation(x, pool, choices);
  const small = made.size > 200 ? made.reshape([-1]).slice([0], [7]) : made;
  pool.push(small);
  return small;
}

function operation(x: Tensor, pool: Tensor[], choices: Choices): Tensor {
  const axis = x.rank === 0 ? 0 : choices.below(x.rank);
  const kind = choices.below(15);
  if (x.rank === 0 && kind >= 6) return x.reshape([1]).broadcastTo([choices.below(3), 2]);
  switch (kind) {
    case 0:
    case 1:
      return x[choices.of(unary)]();
    case 2:
    case 3:
      return x[choices.of(binary)](partner(x, pool, choices));
    case 4:
      return where(x.less(partner(x, pool, choices)), x.mul(choices.below(5)), -1);
    case 5:
      return x
        .add(choices.below(9) - 4)
        .cast('int32')
        .and(choices.below(8))
        .shiftLeft(1)
        .cast('float32');
    case 6:
      return x.transpose(rotated(x.rank, axis));
    case 7:
      return x.flip(axis);
    case 8:
      return x.pad(amounts(x, choices), amounts(x, choices), choices.below(3));
    case 9: {
      const starts = x.shape.map((extent) => choices.below(Math.max(extent, 1)));
      const counts = x.shape.map((extent, i) => Math.max(0, extent - starts[i]!));
      return x.slice(starts, counts);
    }
    case 10:
      return concat([x, choices.of([x, x.neg(), x.flip(axis)])], axis);
    case 11:
      return reduction(x, axis, choices);
    case 12:
      if (x.rank === 2) return x.matMul(x.transpose());
      return x.shape[axis] === 0 ? x : softmax(x, axis);
    case 13: {
      const indices = iota([choices.below(4)])
        .mul(choices.below(3))
        .sub(1);
      return x.gather(indices, axis).relu();
    }
    default: {
      const places = iota([x.shape[axis]!]).mul(choices.below(3));
      return scatterAdd(places, x, { axis, extent: 3 });
    }
  }
}

function reduction(x: Tensor, axis: number, choices: Choices): Tensor {
  const keepDims = choices.below(2) === 0;
  const empty = x.shape[axis] === 0;
  switch (choices.below(5)) {
    case 0:
      return x.sum(axis, { keepDims });
    case 1:
      return x.square().sum(undefined, { keepDims });
    case 2:
      return empty ? x.sum(axis) : x.max(axis, { keepDims });
    case 3:
      return empty ? x.product(axis) : x.argMax(axis).cast('float32');
    default:
      return x
        .sub(x.sum(axis, { keepDims: true }))
        .abs()
        .sum(axis);
  }
}

/** Something that broadcasts with `x`. */
function partner(x: Tensor, pool: readonly Tensor[], choices: Choices): Tensor {
  const fits = pool.filter(({ shape }) => broadcasts(shape, x.shape));
  return choices.below(4) === 0 ? x.sub(1) : choices.of(fits);
}

function broadcasts(a: Shape, b: Shape): boolean {
  const [long, short] = a.length >= b.length ? [a, b] : [b, a];
  const offset = long.length - short.length;
  return short.every((extent, i) => {
    const other = long[offset + i]!;
    return extent === other || extent === 1 || other === 1;
  });
}

function rotated(rank: number, by: number): number[] {
  return Array.from({ length: rank }, (_, i) => (i + by) % rank);
}

function amounts(x: Tensor, choices: Choices): number[] {
  return x.shape.map(() => choices.below(3));
}

/** Leaves to grow from; values that floating point holds exactly, so that sums have no order. */
export function leaves(dtype: DataType = 'float32'): Tensor[] {
  const counting = (...shape: number[]): Tensor => {
    const size = shape.reduce((a, b) => a * b, 1);
    const values = Float32Array.from({ length: size }, (_, i) => ((i * 5) % 7) - 3);
    return tensor(values, { shape, dtype });
  };
  return [
    counting(2, 3),
    counting(3),
    counting(2, 1),
    counting(),
    counting(3, 2, 2),
    counting(0, 2),
  ];
}
