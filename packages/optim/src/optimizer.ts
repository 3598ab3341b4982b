import {
  ArgumentError,
  full,
  namedParameters,
  untraced,
  Variable,
  type Tensor,
} from '@gradus/core';
import { checkOptionNames } from '@gradus/core/arguments';
import { checkGradients } from './gradients.js';
import { optionsOf, type ParameterGroup } from './groups.js';
import { checkCommonOptions, commonOptionNames, type CommonOptions } from './options.js';
import { LearningRateSource, type LearningRate } from './schedules/schedule.js';
import { checkTransforms, type Transform, type Update } from './transform.js';

/** What an {@link Optimizer} is made of. */
export interface OptimizerOptions extends CommonOptions {
  /** A number, or a function of the number of steps taken. */
  readonly learningRate: LearningRate;
  /** What happens to the gradients before they are subtracted, in order. */
  readonly transforms: readonly Transform[];
  /** For messages; `Optimizer` if not given. */
  readonly name?: string | undefined;
}

const optionNames = ['learningRate', 'transforms', 'name', ...commonOptionNames];

type Slots = Record<string, Variable>;

/**
 * Gradient descent whose gradients pass through a chain of transforms:
 * parameter ← parameter − learningRate · transforms(gradient).
 *
 * `sgd`, `adam` and the others are such chains. One optimiser serves one model: it counts the steps,
 * and keeps variables for each parameter, made when they are first needed and released with the
 * parameter.
 */
export class Optimizer {
  /** For messages. */
  readonly name: string;
  readonly #transforms: readonly Transform[];
  readonly #groups: readonly ParameterGroup[];
  readonly #learningRate: LearningRateSource;
  readonly #slots = new WeakMap<Variable, Slots>();
  #step: Variable | undefined;

  /**
   * An optimiser that has taken no step.
   *
   * @throws ArgumentError for a learning rate that is neither a finite, non-negative number nor a
   *   function, for unfit groups, clipping or transforms, for unknown options, and for two transforms
   *   that keep a variable of the same name.
   */
  constructor(options: OptimizerOptions) {
    checkOptionNames('Optimizer', options, optionNames);
    const { name = 'Optimizer', learningRate, transforms, groups = [], clip } = options;
    checkCommonOptions(name, options);
    checkTransforms(name, transforms);
    this.name = name;
    this.#transforms = clip === undefined ? transforms : [clip, ...transforms];
    this.#groups = groups;
    this.#learningRate = new LearningRateSource(name, learningRate);
    const slots = this.#transforms.flatMap((transform) => Object.keys(transform.slots));
    const twice = slots.find((slot, position) => slots.indexOf(slot) !== position);
    if (twice !== undefined) {
      throw new ArgumentError(`${name}: two transforms keep a variable called ${twice}.`);
    }
  }

  /** The number or schedule in use. */
  get learningRate(): LearningRate {
    return this.#learningRate.current;
  }

  /**
   * Replaces a number by another one, at any time: compiled steps follow, since it is a variable to
   * them.
   *
   * @throws ArgumentError for anything but a finite, non-negative number, and when the optimiser
   *   follows a schedule, which compiled steps have in them.
   */
  set learningRate(value: LearningRate) {
    this.#learningRate.current = value;
  }

  /**
   * Takes a step: assigns each parameter its new value, to be computed with whatever runs next.
   *
   * @param model A model, or its parameters by name, of which those that are trainable are updated.
   * @param gradients By the same names, as `grad(loss, model)` returns them.
   * @throws ArgumentError when names are missing or unknown, ShapeError and DataTypeError when a
   *   gradient does not have the shape and dtype of its parameter.
   */
  update(model: object, gradients: Readonly<Record<string, Tensor>>): void {
    const parameters = namedParameters(model);
    checkGradients(this.name, parameters, gradients);
    const taken = this.#stepVariable();
    const step = taken.value.cast('float32');
    let updates = Object.entries(parameters).map(([name, parameter]): Update => {
      const group = optionsOf(this.#groups, name, parameter);
      return { name, parameter, group, value: gradients[name]!, slots: this.#slotsOf(parameter) };
    });
    for (const transform of this.#transforms) {
      const values = transform.apply(updates, { step });
      updates = updates.map((update, position) => ({ ...update, value: values[position]! }));
    }
    const rate = this.#learningRate.at(step);
    for (const { parameter, group, value } of updates) {
      const { learningRateFactor: factor = 1 } = group;
      const own = factor === 1 ? rate : rate.mul(factor);
      parameter.assign(parameter.value.sub(value.mul(own.cast(parameter.dtype))));
    }
    taken.assign(taken.value.add(1));
  }

  /**
   * Everything that the next step depends on besides parameters, gradients and options: `step`, an
   * int32 scalar, and the variables kept for each parameter, as `0.weight.firstMoment`. To resume
   * a run, assign them what they were. The learning rate is an option.
   *
   * @param model The model, or its parameters by name.
   */
  namedState(model: object): Record<string, Variable> {
    const state: Record<string, Variable> = { step: this.#stepVariable() };
    for (const [name, parameter] of Object.entries(namedParameters(model))) {
      for (const [slot, variable] of Object.entries(this.#slotsOf(parameter))) {
        state[`${name}.${slot}`] = variable;
      }
    }
    return state;
  }

  // Exact to 2³¹ − 1 steps, where float32 would stop counting at 2²⁴.
  #stepVariable(): Variable {
    return (this.#step ??= untraced(
      () => new Variable(0, { name: `${this.name}.step`, dtype: 'int32', trainable: false }),
    ));
  }

  #slotsOf(parameter: Variable): Slots {
    const known = this.#slots.get(parameter);
    if (known !== undefined) return known;
    const initial = this.#transforms.flatMap(({ slots }) => Object.entries(slots));
    const make = ([slot, value]: [string, number]): [string, Variable] => {
      const name = `${parameter.name}.${slot}`;
      const filled = full(parameter.shape, value, parameter.dtype);
      return [slot, new Variable(filled, { name, trainable: false })];
    };
    const made = untraced(() => Object.fromEntries(initial.map(make)));
    this.#slots.set(parameter, made);
    return made;
  }
}
