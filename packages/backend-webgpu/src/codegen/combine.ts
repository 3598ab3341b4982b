import { sizeOf, type ReduceKernel } from '@gradus/core/backend';
import { Accumulator, type Found } from './accumulator.js';
import type { Block } from './block.js';
import { bindCoordinates, laneSteps } from './coordinates.js';
import type { Evaluator } from './evaluator.js';
import type { Shader } from './shader.js';
import { typeOf, type Lanes } from './types.js';

/** What of a reduction is done four lanes at a time, if anything. */
export type Vectors = 'outputs' | 'reduced' | 'nothing';

/** The share of one invocation in what is reduced to one output, or to four. */
export interface Share {
  /** The first position, and how far apart they are: in fours where `vectors` is `reduced`. */
  readonly start: string;
  readonly step: number;
  readonly vectors: Vectors;
}

/** Reduces a share, at the outputs whose coordinates are bound, in the innermost block. */
export function accumulate(
  evaluator: Evaluator,
  shader: Shader,
  { shape, reduceShape, reductions }: ReduceKernel,
  { start, step, vectors }: Share,
): Accumulator[] {
  const { block } = evaluator;
  const lanes = vectors === 'nothing' ? 1 : 4;
  const stride: Lanes = vectors === 'reduced' ? 4 : 1;
  const size = sizeOf(reduceShape);
  const found = reductions.map(
    (each) => new Accumulator(block, each, shader.helpers, lanes, size === 0),
  );
  const point = block.name('point');
  const first = stride === 1 ? start : `(${start}) * ${stride}`;
  const header = `for (var ${point} = ${first}; ${point} < ${size}; ${point} += ${step * stride})`;
  evaluator.nest(header, () => {
    bindCoordinates(evaluator, { first: shape.length, extents: reduceShape }, point, stride);
    const values = reductions.map(({ value }) => evaluator.lanesOf(value, lanes));
    const splat = lanes === 1 ? point : `vec4<i32>(${point})`;
    const position = stride === 1 ? splat : `(${splat} + ${laneSteps})`;
    found.forEach((each, index) => {
      each.add(evaluator.block, { value: values[index]!, position });
    });
  });
  return vectors === 'reduced' ? found.map((each) => each.merged(block)) : found;
}

/** The invocations of a workgroup, so many for each of so many outputs (or fours of them). */
export interface ReductionTeam {
  readonly outputs: number;
  /** A power of two. */
  readonly invocations: number;
  /** Whether neighbouring invocations work on one output, rather than on neighbouring ones. */
  readonly together: boolean;
}

/** How many accumulators one invocation combines between two barriers, at most. */
const combinedAtOnce = 16;

/** Combines what the invocations of a workgroup have found, in the accumulators of the first. */
export function combineInvocations(
  body: Block,
  shader: Shader,
  found: readonly Accumulator[],
  lane: string,
  { outputs, invocations, together }: ReductionTeam,
): void {
  const shared = found.map(({ dtype, lanes, searches }): Found => {
    const declare = (type: string): string =>
      shader.declare(
        'shared',
        (name) => `var<workgroup> ${name}: array<${type}, ${outputs * invocations}>;`,
      );
    return {
      value: declare(typeOf(dtype, lanes)),
      ...(searches ? { position: declare(typeOf('int32', lanes)) } : {}),
    };
  });
  const at = ({ value, position }: Found, place: string): Found => ({
    value: `${value}[${place}]`,
    ...(position === undefined ? {} : { position: `${position}[${place}]` }),
  });
  for (let left = invocations; left > 1;) {
    const next = Math.ceil(left / combinedAtOnce);
    body.nest(`if (${lane} < ${left})`, (inner) => {
      found.forEach((each, index) => {
        const own = at(shared[index]!, 'local');
        inner.emit(`${own.value} = ${each.found.value};`);
        if (own.position !== undefined) inner.emit(`${own.position} = ${each.found.position};`);
      });
    });
    body.emit('workgroupBarrier();');
    const distance = body.name('distance');
    const header = `for (var ${distance} = ${next}; ${lane} < ${next} && ${distance} < ${left}; ${distance} += ${next})`;
    body.nest(header, (inner) => {
      const other = `local + u32(${distance})${together ? '' : ` * ${outputs}u`}`;
      found.forEach((each, index) => {
        const { value, position } = at(shared[index]!, other);
        each.add(inner, {
          value: inner.let(value),
          ...(position === undefined ? {} : { position: inner.let(position) }),
        });
      });
    });
    left = next;
    if (left > 1) body.emit('workgroupBarrier();');
  }
}
