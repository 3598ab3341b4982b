import type {
  AdadeltaOptions,
  AdagradOptions,
  AdamWOptions,
  LionOptions,
  RmsPropOptions,
  SgdOptions,
} from '../src/index.js';

/** Options that are numbers and truth values, all given. */
type Given<Options> = {
  readonly [Name in keyof Omit<Options, 'groups' | 'clip'>]-?: Name extends 'learningRate'
    ? number
    : NonNullable<Options[Name]>;
};

/** What a step subtracts from w at gradient g; t counts from 1. */
export type Step = (g: number, w: number, t: number) => number;

/** torch.optim.SGD. */
export function sgd(options: Given<SgdOptions>): Step {
  const { learningRate, momentum, dampening, nesterov, weightDecay } = options;
  let velocity = 0;
  return (gradient, w, t) => {
    const g = gradient + weightDecay * w;
    velocity = t === 1 ? g : momentum * velocity + (1 - dampening) * g;
    return learningRate * (nesterov ? g + momentum * velocity : velocity);
  };
}

/** torch.optim.AdamW, or Adam where decay is not decoupled. */
export function adam(options: Given<AdamWOptions>, decoupled: boolean): Step {
  const { learningRate, beta1, beta2, epsilon, weightDecay } = options;
  let [m, v] = [0, 0];
  return (gradient, w, t) => {
    const g = gradient + (decoupled ? 0 : weightDecay * w);
    m = beta1 * m + (1 - beta1) * g;
    v = beta2 * v + (1 - beta2) * g ** 2;
    const direction = m / (1 - beta1 ** t) / (Math.sqrt(v / (1 - beta2 ** t)) + epsilon);
    return learningRate * (direction + (decoupled ? weightDecay * w : 0));
  };
}

/** torch.optim.RMSprop. */
export function rmsProp(options: Given<RmsPropOptions>): Step {
  const { learningRate, alpha, epsilon, centered, momentum, weightDecay } = options;
  let [square, mean, buffer] = [0, 0, 0];
  return (gradient, w) => {
    const g = gradient + weightDecay * w;
    square = alpha * square + (1 - alpha) * g ** 2;
    mean = alpha * mean + (1 - alpha) * g;
    const root = Math.sqrt(centered ? square - mean ** 2 : square);
    buffer = momentum * buffer + g / (root + epsilon);
    return learningRate * buffer;
  };
}

/** torch.optim.Adagrad. */
export function adagrad(options: Given<AdagradOptions>): Step {
  const { learningRate, learningRateDecay, initialAccumulator, epsilon, weightDecay } = options;
  let sum = initialAccumulator;
  return (gradient, w, t) => {
    const g = gradient + weightDecay * w;
    sum += g ** 2;
    return ((learningRate / (1 + (t - 1) * learningRateDecay)) * g) / (Math.sqrt(sum) + epsilon);
  };
}

/** torch.optim.Adadelta. */
export function adadelta(options: Given<AdadeltaOptions>): Step {
  const { learningRate, rho, epsilon, weightDecay } = options;
  let [squares, changes] = [0, 0];
  return (gradient, w) => {
    const g = gradient + weightDecay * w;
    squares = rho * squares + (1 - rho) * g ** 2;
    const change = (Math.sqrt(changes + epsilon) / Math.sqrt(squares + epsilon)) * g;
    changes = rho * changes + (1 - rho) * change ** 2;
    return learningRate * change;
  };
}

/** Algorithm 2 of Chen et al., 2023. */
export function lion(options: Given<LionOptions>): Step {
  const { learningRate, beta1, beta2, weightDecay } = options;
  let m = 0;
  return (g, w) => {
    const direction = Math.sign(beta1 * m + (1 - beta1) * g);
    m = beta2 * m + (1 - beta2) * g;
    return learningRate * (direction + weightDecay * w);
  };
}
