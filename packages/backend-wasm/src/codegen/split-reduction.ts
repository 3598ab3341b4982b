import type { ReduceKernel } from '@gradus/core/backend';
import { i32, i32x4, v128, type Variable } from '../assembler/index.js';
import type { Code } from './code.js';
import { accumulator } from './combine.js';
import { parameterLayout, type Environment } from './environment.js';
import type { Evaluator } from './evaluator.js';
import { kernelFunction, type KernelFunction } from './kernel-function.js';
import { laneCount } from './lanes.js';
import { nest, partOf, sharedAxis, sharedIterations, turnsOf, type Axis } from './loops.js';
import { iterationsOf } from './reduced-loops.js';
import { reduceAll, reduceFunction, storeReduced } from './reduce.js';
import { layoutOf, searches, type ReductionLayout } from './reduction-layout.js';

/**
 * Into how many parts what is reduced is cut, whatever the number of threads: so sums do not depend
 * on it. Most numbers of threads have about as many parts each.
 */
const parts = 16;

/** Below so many instructions meeting once more takes longer than computing. */
const splitWork = 65536;

/** What parts have found fits into so many bytes, which a thread has many times over. */
const maximumByteLength = 65536;

const vectorBytes = 16;

/** The stages of a reduction: one, or two where its outputs are too few to be shared out. */
export function reduceFunctions(
  environment: Environment,
  kernel: ReduceKernel,
): readonly KernelFunction[] {
  const split = splitOf(kernel);
  if (split === undefined) return [reduceFunction(environment, kernel)];
  return [findParts(environment, kernel, split), mergeParts(environment, kernel, split)];
}

/** Whether parts of a reduction are found first, for which threads need memory of their own. */
export function isSplit(kernel: ReduceKernel): boolean {
  return splitOf(kernel) !== undefined;
}

/** How a reduction is cut up. */
interface Split {
  readonly layout: ReductionLayout;
  /** The axis whose loop is cut. */
  readonly axis: Axis;
  /** The vectors of a part: for each turn of the loops over the outputs, those of all reductions. */
  readonly outerTurns: number;
  readonly vectorsPerTurn: number;
}

function splitOf(kernel: ReduceKernel): Split | undefined {
  const layout = layoutOf(kernel);
  const { outer, inner, vectorAxis, work } = layout;
  const turns = (each: Axis): number => turnsOf(each, vectorAxis);
  const shared = sharedAxis(outer, vectorAxis);
  const isShared = shared !== undefined && turns(shared) >= sharedIterations;
  const axis = inner.axes.find((each) => iterationsOf(each, vectorAxis) >= parts);
  const outerTurns = outer.reduce((product, each) => product * turns(each), 1);
  const { reductions } = kernel;
  const vectorsPerTurn = reductions.length * (searches(reductions) ? 2 : 1);
  const byteLength = parts * outerTurns * vectorsPerTurn * vectorBytes;
  const pays = work >= splitWork && byteLength <= maximumByteLength;
  return isShared || !pays || axis === undefined
    ? undefined
    : { layout, axis, outerTurns, vectorsPerTurn };
}

/** Each thread reduces some of the parts, and puts what it finds into memory. */
function findParts(environment: Environment, kernel: ReduceKernel, split: Split): KernelFunction {
  const { layout, axis } = split;
  const { analysis, outer, vectorAxis } = layout;
  const iterations = iterationsOf(axis, vectorAxis);
  return kernelFunction(environment, {
    name: `${kernel.name} in parts`,
    values: kernel.reductions.map(({ value }) => value),
    stored: [],
    analysis,
    vectorAxis,
    single: false,
    build(evaluator, thread) {
      const { body } = evaluator;
      const memory = partsMemory(evaluator);
      body.for({ ...partOf(parts, thread), name: 'part' }, (part) => {
        const bound = (number: Code<'i32'>): Variable<'i32'> =>
          body.let(i32.div_u(i32.mul(number, iterations), parts), 'bound');
        const range = { axis: axis.axis, from: bound(part), to: bound(i32.add(part, 1)) };
        nest(evaluator, outer, vectorAxis, undefined, () => {
          const place = placeOf(evaluator, split, memory, part);
          const found = reduceAll(evaluator, kernel, layout, range);
          found
            .flatMap((each) => each.found)
            .forEach((vector, index) => {
              body.emit(v128.store(place, vector, vectorBytes * index));
            });
        });
      });
    },
  });
}

/** Thread 0 merges what was found, in the order of the parts, and stores the outputs. */
function mergeParts(environment: Environment, kernel: ReduceKernel, split: Split): KernelFunction {
  const { analysis, outer, vectorAxis } = split.layout;
  const { name, outputs, reductions } = kernel;
  return kernelFunction(environment, {
    name,
    values: outputs.map(({ value }) => value),
    stored: outputs.map(({ buffer }) => buffer),
    analysis,
    vectorAxis,
    single: true,
    build(evaluator) {
      const { body } = evaluator;
      const memory = partsMemory(evaluator);
      nest(evaluator, outer, vectorAxis, undefined, () => {
        const behindAll = i32x4.splat(0x7fffffff);
        const merged = reductions.map(({ operation, value }) =>
          accumulator(body, operation, value.dtype, behindAll),
        );
        body.for({ to: parts, name: 'part' }, (part) => {
          const place = placeOf(evaluator, split, memory, part);
          let offset = 0;
          for (const each of merged) {
            const found = each.found.map(() => {
              offset += vectorBytes;
              return body.let(v128.load(place, offset - vectorBytes), 'found');
            });
            each.merge(found);
          }
        });
        storeReduced(evaluator, environment, kernel, split.layout, merged);
      });
    },
  });
}

/** Where the threads' own memory begins. */
function partsMemory({ body, parameters }: Evaluator): Variable<'i32'> {
  return body.let(i32.load(parameters, parameterLayout.threads), 'parts');
}

/** Where a part has what it finds for the outputs at the coordinates of the open loops. */
function placeOf(
  evaluator: Evaluator,
  { layout: { outer, vectorAxis }, outerTurns, vectorsPerTurn }: Split,
  memory: Code<'i32'>,
  part: Code<'i32'>,
): Variable<'i32'> {
  const turn = outer.reduce<Code<'i32'>>((sum, { axis, extent }) => {
    const index = evaluator.indexOf(axis);
    const turn = axis === vectorAxis ? i32.div_u(index, laneCount) : index;
    return i32.add(i32.mul(sum, turnsOf({ axis, extent }, vectorAxis)), turn);
  }, i32.const(0));
  const all = i32.add(i32.mul(part, outerTurns), turn);
  const place = i32.add(memory, i32.mul(all, vectorsPerTurn * vectorBytes));
  return evaluator.body.let(place, 'place');
}
