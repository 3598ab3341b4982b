import { isHostKey, type HostKey, truncatedNormalFormula, type RandomKey } from '@gradus/random';
import { ArgumentError, TraceError } from './errors.js';
import { threefry } from './graph/elementwise.js';
import { constant } from './graph/leaf.js';
import type { GraphNode } from './graph/node.js';
import { full, iota } from './operations.js';
import { currentTrace } from './runtime/trace.js';
import { sizeOf, validateShape, type Shape } from './shape.js';
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

/** The key, if it is one that may be used here. */
function checkKey(operation: string, key: RandomKey): TracedKey | HostKey {
  if (key instanceof TracedKey) return key;
  if (!isHostKey(key)) {
    throw new ArgumentError(
      `${operation}: expected a random key, randomKey(seed) or randomStream(seed).next().`,
    );
  }
  if (currentTrace() === undefined) return key;
  throw new TraceError(
    'A random key is captured by a compiled function: every step would draw the same numbers. ' +
      'Pass the key as an argument of the function.',
  );
}

function keyWords(operation: string, key: RandomKey): readonly [GraphNode, GraphNode] {
  const { word0, word1 } = checkKey(operation, key);
  const node = (word: GraphNode | number): GraphNode =>
    typeof word === 'number' ? constant(word, 'uint32') : word;
  return [node(word0), node(word1)];
}

/**
 * Independent uint32 bits: element i is the exclusive or of both words of Threefry-2x32(key, (0, i)).
 * The same on every device and equal to `randomBits` of `@gradus/random`.
 *
 * @throws ArgumentError for what is no key, ShapeError for extents that are no counts, TraceError
 *   when a compiled function captures the key.
 */
export function randomBits(key: RandomKey, shape: Shape): Tensor {
  return drawBits('randomBits', key, shape);
}

function drawBits(operation: string, key: RandomKey, shape: Shape): Tensor {
  validateShape(operation, shape);
  const [word0, word1] = keyWords(operation, key);
  const counter = iota([sizeOf(shape)], 0, 'uint32').node;
  const zero = constant(0, 'uint32');
  const word = (which: 0 | 1): Tensor => new Tensor(threefry(which, [word0, word1, zero, counter]));
  return word(0).xor(word(1)).reshape(shape);
}

/** Uniform in [0, 1): 24 random bits · 2⁻²⁴. */
function drawUnits(operation: string, key: RandomKey, shape: Shape): Tensor {
  return drawBits(operation, key, shape)
    .shiftRight(8)
    .cast('float32')
    .mul(2 ** -24);
}

/** The range of a uniform distribution. */
export interface UniformOptions {
  readonly minimum?: number;
  readonly maximum?: number;
}

/**
 * Uniform in [minimum, maximum), float32: 24 random bits · 2⁻²⁴, the same on every device.
 *
 * @throws ArgumentError when the bounds are not finite or not in order; otherwise as
 *   {@link randomBits}, which is true of all distributions.
 */
export function randomUniform(key: RandomKey, shape: Shape, options: UniformOptions = {}): Tensor {
  const { minimum = 0, maximum = 1 } = options;
  const range = Math.fround(maximum - minimum);
  if (!Number.isFinite(range) || range < 0) {
    throw new ArgumentError(
      `randomUniform: minimum and maximum must be finite and in order, got ${minimum} and ${maximum}.`,
    );
  }
  return drawUnits('randomUniform', key, shape).mul(range).add(minimum);
}

/** The mean and spread of a normal distribution. */
export interface NormalOptions {
  readonly mean?: number;
  readonly standardDeviation?: number;
}

/**
 * Normal, float32, by Box and Muller: √(−2 ln(1 − u)) · cos 2πv. Devices differ in their last
 * bits, as their logarithms do.
 *
 * @throws ArgumentError when the mean is not finite or the standard deviation not a finite number
 *   of at least 0.
 */
export function randomNormal(key: RandomKey, shape: Shape, options: NormalOptions = {}): Tensor {
  const scaled = scaling('randomNormal', options);
  const source = checkKey('randomNormal', key);
  const unit = (data: number): Tensor => drawUnits('randomNormal', source.fold(data), shape);
  const radius = unit(0).neg().log1p().mul(-2).sqrt();
  return scaled(
    radius.mul(
      unit(1)
        .mul(2 * Math.PI)
        .cos(),
    ),
  );
}

/**
 * Normal within two standard deviations of the mean, float32: the quantiles of the distribution
 * without its tails at uniform places (`truncatedNormalFormula` of `@gradus/random`), one draw for
 * each. Devices differ in their last bits.
 *
 * @throws ArgumentError as {@link randomNormal} does.
 */
export function randomTruncatedNormal(
  key: RandomKey,
  shape: Shape,
  options: NormalOptions = {},
): Tensor {
  const scaled = scaling('randomTruncatedNormal', options);
  const { share, coefficients } = truncatedNormalFormula;
  const [highest, ...lower] = coefficients;
  const unit = drawUnits('randomTruncatedNormal', key, shape);
  const place = unit
    .mul(2)
    .sub(1 - 2 ** -24)
    .mul(share);
  const distance = place.square().neg().log1p().add(2.5).neg();
  const polynomial = lower.reduce((sum, each) => sum.mul(distance).add(each), full([], highest));
  return scaled(place.mul(Math.SQRT2).mul(polynomial).clip(-2, 2));
}

/** What turns standard normal numbers into those that are asked for. */
function scaling(operation: string, options: NormalOptions): (standard: Tensor) => Tensor {
  const { mean = 0, standardDeviation = 1 } = options;
  if (!Number.isFinite(mean) || !Number.isFinite(standardDeviation) || standardDeviation < 0) {
    throw new ArgumentError(
      `${operation}: mean and standardDeviation must be finite and the latter not negative, ` +
        `got ${mean} and ${standardDeviation}.`,
    );
  }
  return (standard) => standard.mul(standardDeviation).add(mean);
}

/** True with `probability`, as bool: u < probability for a uniform u. The same on every device. */
export function randomBernoulli(key: RandomKey, shape: Shape, probability: number): Tensor {
  if (!(probability >= 0 && probability <= 1)) {
    throw new ArgumentError(
      `randomBernoulli: the probability must lie in [0, 1], got ${probability}.`,
    );
  }
  return drawUnits('randomBernoulli', key, shape).less(probability);
}
