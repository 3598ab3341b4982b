import {
  adadelta,
  adagrad,
  adam,
  adamW,
  lion,
  rmsProp,
  sgd,
  type CommonOptions,
  type Optimizer,
} from '../src/index.js';

type Make = (options?: CommonOptions) => Optimizer;

/** Every optimiser with all it can keep switched on, and the slots it keeps for a parameter. */
export const everyOptimizer: readonly (readonly [string, Make, readonly string[]])[] = [
  ['sgd', (options) => sgd({ learningRate: 0.1, weightDecay: 0.01, ...options }), []],
  [
    'sgd with momentum',
    (options) => sgd({ learningRate: 0.1, momentum: 0.9, dampening: 0.5, ...options }),
    ['velocity'],
  ],
  [
    'sgd with Nesterov momentum',
    (options) => sgd({ learningRate: 0.1, momentum: 0.9, nesterov: true, ...options }),
    ['velocity'],
  ],
  [
    'adam',
    (options) => adam({ learningRate: 0.1, weightDecay: 0.01, ...options }),
    ['firstMoment', 'secondMoment'],
  ],
  ['adamW', (options) => adamW({ learningRate: 0.1, ...options }), ['firstMoment', 'secondMoment']],
  [
    'rmsProp',
    (options) => rmsProp({ weightDecay: 0.01, momentum: 0.9, ...options }),
    ['meanSquare', 'velocity'],
  ],
  [
    'rmsProp, centred',
    (options) => rmsProp({ centered: true, momentum: 0.5, ...options }),
    ['meanSquare', 'mean', 'velocity'],
  ],
  [
    'adagrad',
    (options) => adagrad({ learningRateDecay: 0.1, weightDecay: 0.01, ...options }),
    ['sumOfSquares'],
  ],
  [
    'adadelta',
    (options) => adadelta({ weightDecay: 0.01, ...options }),
    ['gradientMeanSquare', 'updateMeanSquare'],
  ],
  ['lion', (options) => lion({ weightDecay: 0.01, ...options }), ['momentum']],
];
