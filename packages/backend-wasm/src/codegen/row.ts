import {
  bytesPerElement,
  sizeOf,
  type Expression,
  type Plan,
  type RowKernel,
  type RowPhase,
} from '@gradus/core/backend';
import { i32, select } from '../assembler/index.js';
import { Analysis } from './analysis.js';
import type { Environment } from './environment.js';
import type { Evaluator } from './evaluator.js';
import {
  composedFunction,
  loadedBuffers,
  type KernelFunction,
  type KernelPart,
} from './kernel-function.js';
import { laneCount } from './lanes.js';
import { lastly, nest, partOfThread, type Axis, type LoopWriter, type Part } from './loops.js';
import { mapCost, singleThreadSize, writeMap } from './map.js';
import { writeReduce } from './reduce.js';
import { layoutOf } from './reduction-layout.js';
import { cheapestAxis } from './vector-axis.js';

/** What the phases touch of one block of rows, about, in bytes: it should stay in the fastest cache. */
const blockByteLength = 32768;

/**
 * Phases as loops inside of a loop over blocks of rows. Threads share the rows. A block has several
 * rows, as long as they fit into the cache, since the phases of one row wait for each other.
 */
export function rowFunction(environment: Environment, kernel: RowKernel): KernelFunction {
  const { plan } = environment;
  const rows = kernel.shape.map((extent, axis): Axis => ({ axis, extent }));
  const phases = kernel.phases.map((phase) => phaseOf(phase, rows.length - 1));
  const last = rows[rows.length - 1]!;
  const unit = phases.some(({ vectorAxis }) => vectorAxis === last.axis) ? last.axis : undefined;
  const block = rowsOfBlock(kernel, plan);
  return composedFunction(environment, {
    name: kernel.name,
    parts: phases,
    single: phases.every(({ size }) => size < singleThreadSize),
    build(evaluators, thread) {
      const { body } = evaluators[0]!;
      const part = partOfThread(body, rows, unit, thread);
      const writer: LoopWriter = { body, within: (...loop) => openAll(evaluators, ...loop) };
      nest(writer, rows.slice(0, -1), undefined, part, () => {
        const whole = { from: i32.const(0), to: i32.const(last.extent) };
        const { from, to } = part?.axis === last.axis ? part : whole;
        const end = body.let(to, 'end');
        body.for({ from, to: end, step: block, name: 'block' }, (start) => {
          const next = body.let(i32.add(start, block), 'next');
          const blockEnd = body.let(select(next, end, i32.lt_s(next, end)), 'blockEnd');
          const rowsOfBlock = { axis: last.axis, from: start, to: blockEnd };
          phases.forEach((phase, position) =>
            phase.write(evaluators[position]!, environment, rowsOfBlock),
          );
        });
      });
    },
  });
}

function openAll(
  [first, ...others]: readonly Evaluator[],
  ...[axis, index, build, count]: Parameters<Evaluator['within']>
): void {
  if (first === undefined) build();
  else first.within(axis, index, () => openAll(others, axis, index, build, count), count);
}

/** How many rows, a multiple of four. */
function rowsOfBlock(kernel: RowKernel, { buffers }: Plan): number {
  const touched = new Set(
    kernel.phases.flatMap((phase) => [...loadedBuffers(valuesOf(phase)), ...storedBuffers(phase)]),
  );
  let byteLength = 0;
  for (const buffer of touched) {
    const { dtype, length } = buffers[buffer]!;
    byteLength += (bytesPerElement(dtype) * length) / sizeOf(kernel.shape);
  }
  return Math.max(1, Math.floor(blockByteLength / byteLength / laneCount)) * laneCount;
}

function valuesOf(phase: RowPhase): Expression[] {
  const reductions = phase.kind === 'reduce' ? phase.reductions : [];
  return [...reductions, ...phase.outputs].map(({ value }) => value);
}

function storedBuffers({ outputs }: RowPhase): number[] {
  return outputs.map(({ buffer }) => buffer);
}

/** A phase and how it is computed, with loops over the rows' axes but the last around all phases. */
interface Phase extends KernelPart {
  /** How many points it looks at. */
  readonly size: number;
  /** Writes its loops over a part of the rows. */
  readonly write: (evaluator: Evaluator, environment: Environment, rows: Part) => void;
}

function phaseOf(phase: RowPhase, opened: number): Phase {
  const points = sizeOf(phase.shape);
  const common = { values: valuesOf(phase), stored: storedBuffers(phase) };
  if (phase.kind === 'reduce') {
    const layout = layoutOf(phase, opened);
    const { analysis, vectorAxis } = layout;
    return {
      ...common,
      analysis,
      vectorAxis,
      size: points * sizeOf(phase.reduceShape),
      write: (evaluator, environment, rows) =>
        writeReduce(evaluator, environment, phase, layout, rows),
    };
  }
  const analysis = new Analysis();
  const axes = phase.shape.map((extent, axis): Axis => ({ axis, extent })).slice(opened);
  const vectorAxis = cheapestAxis(axes, mapCost(phase, analysis));
  const order = lastly(axes, vectorAxis);
  return {
    ...common,
    analysis,
    vectorAxis,
    size: points,
    write: (evaluator, { plan }, rows) => writeMap(evaluator, plan, phase, order, vectorAxis, rows),
  };
}
