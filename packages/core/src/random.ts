import { isHostKey, type RandomKey } from '@gradus/random';
import { ArgumentError, TraceError } from './errors.js';
import { threefry } from './graph/elementwise.js';
import { constant } from './graph/leaf.js';
import type { GraphNode } from './graph/node.js';
import { iota } from './operations.js';
import { currentTrace } from './runtime/trace.js';
import { sizeOf, type Shape } from './shape.js';
import { Tensor } from './tensor.js';

/** A random key inside a traced function: its words are arguments of the program. */
export class TracedKey implements RandomKey {
  readonly word0: GraphNode;
  readonly word1: GraphNode;

  constructor(word0: GraphNode, word1: GraphNode) {
    this.word0 = word0;
    this.word1 = word1;
  }

  /** The key Threefry(key, (0, data)), the same that a host key folds to. */
  fold(data: number): TracedKey {
    const counter = [constant(0, 'uint32'), constant(data, 'uint32')] as const;
    const word = (which: 0 | 1): GraphNode => threefry(which, [this.word0, this.word1, ...counter]);
    return new TracedKey(word(0), word(1));
  }

  /** Independent keys: this one folded with 0, 1, … `count − 1`. */
  split(count = 2): TracedKey[] {
    return Array.from({ length: count }, (_, index) => this.fold(index));
  }
}

function keyWords(key: RandomKey): readonly [GraphNode, GraphNode] {
  if (key instanceof TracedKey) return [key.word0, key.word1];
  if (!isHostKey(key)) {
    throw new ArgumentError('Expected a random key: randomKey(seed) or randomStream(seed).next().');
  }
  if (currentTrace() !== undefined) {
    throw new TraceError(
      'A random key is captured by a compiled function: every step would draw the same numbers. ' +
        'Pass the key as an argument of the function.',
    );
  }
  return [constant(key.word0, 'uint32'), constant(key.word1, 'uint32')];
}

/**
 * Independent uint32 bits: element i is the exclusive or of both words of Threefry-2x32(key, (0, i)).
 * The same on every device and equal to `randomBits` of `@gradus/random`.
 */
export function randomBits(key: RandomKey, shape: Shape): Tensor {
  const [word0, word1] = keyWords(key);
  const counter = iota([sizeOf(shape)], 0, 'uint32').node;
  const zero = constant(0, 'uint32');
  const word = (which: 0 | 1): Tensor => new Tensor(threefry(which, [word0, word1, zero, counter]));
  return word(0).xor(word(1)).reshape(shape);
}

/** The range of a uniform distribution. */
export interface UniformOptions {
  readonly minimum?: number;
  readonly maximum?: number;
}

/** Uniform in [minimum, maximum), float32: 24 random bits · 2⁻²⁴, the same on every device. */
export function randomUniform(key: RandomKey, shape: Shape, options: UniformOptions = {}): Tensor {
  const { minimum = 0, maximum = 1 } = options;
  const unit = randomBits(key, shape)
    .shiftRight(8)
    .cast('float32')
    .mul(2 ** -24);
  return unit.mul(Math.fround(maximum - minimum)).add(minimum);
}

/** The mean and spread of a normal distribution. */
export interface NormalOptions {
  readonly mean?: number;
  readonly standardDeviation?: number;
}

/**
 * Normal, float32, by Box and Muller: √(−2 ln(1 − u)) · cos 2πv. Devices differ in their last
 * bits, as their logarithms do.
 */
export function randomNormal(key: RandomKey, shape: Shape, options: NormalOptions = {}): Tensor {
  const { mean = 0, standardDeviation = 1 } = options;
  const radius = randomUniform(key.fold(0), shape).neg().log1p().mul(-2).sqrt();
  const angle = randomUniform(key.fold(1), shape).mul(2 * Math.PI);
  return radius.mul(angle.cos()).mul(standardDeviation).add(mean);
}

/** True with `probability`, as bool: u < probability for a uniform u. The same on every device. */
export function randomBernoulli(key: RandomKey, shape: Shape, probability: number): Tensor {
  if (!(probability >= 0 && probability <= 1)) {
    throw new ArgumentError(
      `randomBernoulli: the probability must lie in [0, 1], got ${probability}.`,
    );
  }
  return randomUniform(key, shape).less(probability);
}
