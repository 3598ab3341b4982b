import { sizeOf, type ReduceKernel } from '@gradus/core/backend';
import { Accumulator, type Found } from './accumulator.js';
import type { Block } from './block.js';
import { bindCoordinates } from './coordinates.js';
import type { Evaluator } from './evaluator.js';
import type { Shader } from './shader.js';
import { typeOf } from './types.js';

/**
 * Reduces the positions from `start` on, `step` apart, at the output whose coordinates are bound, in
 * the innermost block.
 */
export function accumulate(
  evaluator: Evaluator,
  shader: Shader,
  { shape, reduceShape, reductions }: ReduceKernel,
  start: string,
  step: number,
): Accumulator[] {
  const { block } = evaluator;
  const found = reductions.map((each) => new Accumulator(block, each, shader.helpers));
  const point = block.name('point');
  const size = sizeOf(reduceShape);
  evaluator.nest(`for (var ${point} = ${start}; ${point} < ${size}; ${point} += ${step})`, () => {
    bindCoordinates(evaluator, { first: shape.length, extents: reduceShape }, point);
    const values = reductions.map(({ value }) => evaluator.scalar(value));
    found.forEach((each, index) => {
      each.add(evaluator.block, { value: values[index]!, position: point });
    });
  });
  return found;
}

/** The invocations of a workgroup, so many for each of so many outputs. */
export interface ReductionTeam {
  readonly outputs: number;
  /** A power of two. */
  readonly invocations: number;
  /** Whether neighbouring invocations work on one output, rather than on neighbouring ones. */
  readonly together: boolean;
}

/** Combines what the invocations of a workgroup have found, in the accumulators of the first. */
export function combineInvocations(
  body: Block,
  shader: Shader,
  found: readonly Accumulator[],
  lane: string,
  { outputs, invocations, together }: ReductionTeam,
): void {
  const size = outputs * invocations;
  const shared = found.map(({ dtype, searches }): Found => {
    const declare = (type: string): string =>
      shader.declare('shared', (name) => `var<workgroup> ${name}: array<${type}, ${size}>;`);
    return {
      value: declare(typeOf(dtype, 1)),
      ...(searches ? { position: declare('i32') } : {}),
    };
  });
  const at = ({ value, position }: Found, place: string): Found => ({
    value: `${value}[${place}]`,
    ...(position === undefined ? {} : { position: `${position}[${place}]` }),
  });
  for (let distance = invocations / 2; distance >= 1; distance /= 2) {
    body.nest(`if (${lane} >= ${distance} && ${lane} < ${2 * distance})`, (inner) => {
      found.forEach((each, index) => {
        const own = at(shared[index]!, 'local');
        inner.emit(`${own.value} = ${each.found.value};`);
        if (own.position !== undefined) inner.emit(`${own.position} = ${each.found.position};`);
      });
    });
    body.emit('workgroupBarrier();');
    const other = `local + ${distance * (together ? 1 : outputs)}u`;
    body.nest(`if (${lane} < ${distance})`, (inner) => {
      found.forEach((each, index) => {
        const { value, position } = at(shared[index]!, other);
        each.add(inner, {
          value: inner.let(value),
          ...(position === undefined ? {} : { position: inner.let(position) }),
        });
      });
    });
  }
}
