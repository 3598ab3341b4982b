import { ArgumentError, type Variable } from '@gradus/core';
import { checkNonNegative, checkOptionNames, shown } from '@gradus/core/arguments';

/** Whether a parameter is meant, by its path in the model and the parameter itself. */
export type ParameterFilter = (name: string, parameter: Variable) => boolean;

/** Biases, and the scales and offsets of normalisations: what has at most one axis. */
export const isVector: ParameterFilter = (_name, { shape }) => shape.length <= 1;

/** What may differ from parameter to parameter. */
export interface GroupOptions {
  /** What the learning rate is multiplied by for these parameters. */
  readonly learningRateFactor?: number | undefined;
  /** λ for these parameters, in place of the optimiser's. */
  readonly weightDecay?: number | undefined;
}

/** Some of the parameters, and what is different for them. */
export interface ParameterGroup extends GroupOptions {
  /** Which parameters these are. */
  readonly match: ParameterFilter;
}

const optionNames = ['match', 'learningRateFactor', 'weightDecay'];

/** Throws unless `groups` are parameter groups. */
export function checkGroups(optimizer: string, groups: readonly ParameterGroup[]): void {
  if (!Array.isArray(groups)) {
    throw new ArgumentError(
      `${optimizer}: groups must be an array of { match, … }, got ${shown(groups)}.`,
    );
  }
  groups.forEach((group: ParameterGroup, position) => {
    const owner = `${optimizer}: groups[${position}]`;
    checkOptionNames(owner, group, optionNames);
    const { match, learningRateFactor = 1, weightDecay = 0 } = group;
    if (typeof match !== 'function') {
      throw new ArgumentError(
        `${owner}: match must be a function such as isVector, got ${shown(match)}.`,
      );
    }
    checkNonNegative(owner, 'learningRateFactor', learningRateFactor);
    checkNonNegative(owner, 'weightDecay', weightDecay);
  });
}

/** What all groups that match say together; of two that say the same, the later one counts. */
export function optionsOf(
  groups: readonly ParameterGroup[],
  name: string,
  parameter: Variable,
): GroupOptions {
  const matching = groups.filter(({ match }) => match(name, parameter));
  return {
    learningRateFactor: last(matching.map((group) => group.learningRateFactor)),
    weightDecay: last(matching.map((group) => group.weightDecay)),
  };
}

function last(values: readonly (number | undefined)[]): number | undefined {
  return values.findLast((value) => value !== undefined);
}
