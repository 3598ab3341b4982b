import { sizeOf } from '@gradus/core';
import { normal, uniform } from '@gradus/random';
import type { Initializer, InitializerContext } from './initializer.js';

type Variance = (context: InitializerContext) => number;

const glorot: Variance = ({ fanIn, fanOut }) => 2 / (fanIn + fanOut);
const he: Variance = ({ fanIn }) => 2 / fanIn;
const lecun: Variance = ({ fanIn }) => 1 / fanIn;

/** A uniform distribution on [−a, a) has the variance a² / 3. */
function uniformWith(variance: Variance): Initializer {
  return (shape, context) => {
    const limit = Math.sqrt(3 * variance(context));
    return uniform(context.key, sizeOf(shape), { minimum: -limit, maximum: limit });
  };
}

function normalWith(variance: Variance): Initializer {
  return (shape, context) => {
    const standardDeviation = Math.sqrt(variance(context));
    return normal(context.key, sizeOf(shape), { standardDeviation });
  };
}

/**
 * Uniform with variance 2 / (fanIn + fanOut): bounds ±√(6 / (fanIn + fanOut)). Glorot and Bengio,
 * "Understanding the difficulty of training deep feedforward neural networks", 2010.
 */
export const glorotUniform: Initializer = uniformWith(glorot);

/** Normal with variance 2 / (fanIn + fanOut); Glorot and Bengio, 2010. */
export const glorotNormal: Initializer = normalWith(glorot);

/**
 * Uniform with variance 2 / fanIn, for layers followed by a ReLU: bounds ±√(6 / fanIn). He et al.,
 * "Delving deep into rectifiers", 2015.
 */
export const heUniform: Initializer = uniformWith(he);

/** Normal with variance 2 / fanIn, for layers followed by a ReLU; He et al., 2015. */
export const heNormal: Initializer = normalWith(he);

/**
 * Uniform with variance 1 / fanIn: bounds ±√(3 / fanIn). LeCun et al., "Efficient backprop", 1998.
 */
export const lecunUniform: Initializer = uniformWith(lecun);

/** Normal with variance 1 / fanIn; LeCun et al., 1998. */
export const lecunNormal: Initializer = normalWith(lecun);
