import { sizeOf, type MapKernel, type ReduceKernel, type RowKernel } from '@gradus/core/backend';
import { accumulate, combineInvocations } from './combine.js';
import { bindCoordinates } from './coordinates.js';
import { Evaluator } from './evaluator.js';
import { isPacked, storeOutputs } from './outputs.js';
import { vectorsOf } from './reduction-layout.js';
import { Shader, workgroupIndex, type ShaderContext, type Stage } from './shader.js';

/** Rows up to this length are the work of one invocation each. */
const shortRow = 16;

/** Whether all phases can be one dispatch: then no two invocations write to the same word. */
export function isOneDispatch({ plan }: ShaderContext, { phases }: RowKernel): boolean {
  return phases.every(({ outputs }) => outputs.every(({ buffer }) => !isPacked(plan, buffer)));
}

/** All phases in one dispatch: each row is the work of a workgroup, or of one invocation if short. */
export function rowStages(context: ShaderContext, { name, shape, phases }: RowKernel): Stage[] {
  const rows = sizeOf(shape);
  if (rows === 0) return [];
  const length = Math.max(...phases.map((phase) => rowWork(phase, shape.length)));
  const single = length <= shortRow || !context.target.waitsAreCheap;
  const invocations = single ? 1 : length <= 512 ? 64 : 256;
  const shader = new Shader(context);
  const { body } = shader;
  const rowsPerWorkgroup = invocations === 1 ? 64 : 1;
  const lane = invocations === 1 ? '0' : body.let('i32(local)', 'lane');
  const place = invocations === 1 ? `${workgroupIndex} * 64u + local` : workgroupIndex;
  const row = body.let(`i32(${place})`, 'row');
  // Invocations that meet at barriers are of one workgroup, and leave together.
  body.emit(`if (${row} >= ${rows}) { return; }`);
  phases.forEach((phase, index) => {
    if (index > 0 && invocations > 1) {
      body.emit('storageBarrier();');
      body.emit('workgroupBarrier();');
    }
    const evaluator = new Evaluator(shader, phase.shape.length + reducedRank(phase));
    bindCoordinates(evaluator, { first: 0, extents: shape }, row);
    const work = { evaluator, shader, rank: shape.length, row, lane, invocations };
    if (phase.kind === 'map') writeMap(work, phase);
    else writeReduce(work, phase);
  });
  return [shader.finish(name, invocations * rowsPerWorkgroup, Math.ceil(rows / rowsPerWorkgroup))];
}

interface RowWork {
  readonly evaluator: Evaluator;
  readonly shader: Shader;
  /** How many axes the rows have. */
  readonly rank: number;
  readonly row: string;
  readonly lane: string;
  readonly invocations: number;
}

function reducedRank(phase: MapKernel | ReduceKernel): number {
  return phase.kind === 'reduce' ? phase.reduceShape.length : 0;
}

function rowWork(phase: MapKernel | ReduceKernel, rank: number): number {
  const reduced = phase.kind === 'reduce' ? sizeOf(phase.reduceShape) : 1;
  return sizeOf(phase.shape.slice(rank)) * reduced;
}

function writeMap(work: RowWork, { shape, outputs }: MapKernel): void {
  eachElement(work, shape, (position) => {
    storeOutputs(work.evaluator, work.shader, outputs, position, 1);
  });
}

function writeReduce(work: RowWork, phase: ReduceKernel): void {
  const { evaluator, shader, rank, row, lane, invocations } = work;
  const { shape, outputs } = phase;
  const inRow = vectorsOf(phase) === 'reduced' ? 'reduced' : 'nothing';
  if (sizeOf(shape.slice(rank)) > 1 || invocations === 1) {
    eachElement(work, shape, (position) => {
      const found = accumulate(evaluator, shader, phase, { start: '0', step: 1, vectors: inRow });
      evaluator.bindReduced(found.map(({ result }) => ({ code: result, lanes: 1 })));
      storeOutputs(evaluator, shader, outputs, position, 1);
    });
    return;
  }
  shape.slice(rank).forEach((_, axis) => {
    evaluator.bindAxis(rank + axis, { code: '0', lanes: 1 });
  });
  const found = accumulate(evaluator, shader, phase, {
    start: lane,
    step: invocations,
    vectors: inRow,
  });
  combineInvocations(shader.body, shader, found, lane, {
    outputs: 1,
    invocations,
    together: true,
  });
  evaluator.nest(`if (${lane} == 0)`, () => {
    evaluator.bindReduced(found.map(({ result }) => ({ code: result, lanes: 1 })));
    storeOutputs(evaluator, shader, outputs, row, 1);
  });
}

/** A loop over the elements of the row that are this invocation's. */
function eachElement(
  { evaluator, rank, row, lane, invocations }: RowWork,
  shape: readonly number[],
  build: (position: string) => void,
): void {
  const extents = shape.slice(rank);
  const length = sizeOf(extents);
  const element = evaluator.block.name('element');
  const header = `for (var ${element} = ${lane}; ${element} < ${length}; ${element} += ${invocations})`;
  evaluator.nest(header, () => {
    bindCoordinates(evaluator, { first: rank, extents }, element);
    build(evaluator.block.let(`${row} * ${length} + ${element}`, 'p'));
  });
}
