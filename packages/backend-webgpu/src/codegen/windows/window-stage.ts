import { sizeOf, type KernelOutput, type Reduction } from '@gradus/core/backend';
import { Accumulator } from '../accumulator.js';
import { bindCoordinates } from '../coordinates.js';
import { Evaluator } from '../evaluator.js';
import { SingleOutputs } from '../outputs.js';
import { Shader, workgroupIndex, type ShaderContext, type Stage } from '../shader.js';

/** Windows of up to so many elements are written out. */
const writtenOut = 9;

/** What each invocation finds in the window around its element. */
export interface WindowReduction {
  readonly name: string;
  readonly shape: readonly number[];
  readonly outputs: readonly KernelOutput[];
  /** What is found. */
  readonly reduction: Reduction;
  /** How many elements the window has, down and across. */
  readonly window: readonly [number, number];
  /**
   * Prepares, in front of the window, what follows from the coordinates of the output; the result
   * gives the value at a place in the window (i32 names or literals).
   */
  prepare(
    evaluator: Evaluator,
    shader: Shader,
    coordinates: readonly string[],
  ): (down: string, across: string) => string;
}

/** A reduction over a window, in which each invocation computes one element. */
export function windowStages(context: ShaderContext, kernel: WindowReduction): Stage[] {
  const { name, shape, reduction, window } = kernel;
  const count = sizeOf(shape);
  if (count === 0) return [];
  const outputs = new SingleOutputs(context, kernel.outputs);
  const shader = new Shader(context);
  const { body } = shader;
  const evaluator = new Evaluator(shader, shape.length + window.length);
  const position = body.let(`i32(${workgroupIndex} * 64u + local)`, 'p');
  body.emit(`if (${position} >= ${count}) { return; }`);
  bindCoordinates(evaluator, { first: 0, extents: shape }, position);
  const coordinates = shape.map((_, axis) =>
    evaluator.scalar({ op: 'index', dtype: 'int32', axis }),
  );
  const found = new Accumulator(body, reduction, shader.helpers);
  const valueAt = kernel.prepare(evaluator, shader, coordinates);
  eachTap(evaluator, window, (down, across) => {
    found.add(evaluator.block, { value: valueAt(down, across) });
  });
  evaluator.bindReduced([{ code: found.result, lanes: 1 }]);
  outputs.store(evaluator, shader, position);
  return [shader.finish(name, 64, Math.ceil(count / 64)), ...outputs.packing()];
}

/** Writes what is done at every place of a window, first of a row, then of the next. */
function eachTap(
  evaluator: Evaluator,
  [rows, columns]: readonly [number, number],
  build: (down: string, across: string) => void,
): void {
  if (rows * columns <= writtenOut) {
    for (let tap = 0; tap < rows * columns; tap++) {
      evaluator.nest('', () => {
        build(`${Math.floor(tap / columns)}`, `${tap % columns}`);
      });
    }
    return;
  }
  const [down, across] = [evaluator.block.name('down'), evaluator.block.name('across')];
  evaluator.nest(`for (var ${down} = 0; ${down} < ${rows}; ${down}++)`, () => {
    evaluator.nest(`for (var ${across} = 0; ${across} < ${columns}; ${across}++)`, () => {
      build(down, across);
    });
  });
}
