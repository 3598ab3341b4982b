import type { ScatterAddKernel } from '@gradus/core/backend';
import { ProgramBuilder } from '../program/builder.js';
import { ExpressionLowering } from '../program/lowering.js';
import type { Program } from '../program/program.js';
import { nest } from './nest.js';

/** A scatter as a program: clears the `length` elements of the output, then adds in row-major order. */
export function scatterAddProgram(
  { name, shape, index, value, buffer }: ScatterAddKernel,
  length: number,
  scalars: number,
): Program {
  const builder = new ProgramBuilder(name);
  const lowering = new ExpressionLowering(builder, shape.length, scalars);
  const zero = builder.constant(0);
  const end = builder.constant(length);
  builder.loop(builder.root, zero, end, (element, body) =>
    builder.store(body, buffer, element, zero),
  );
  nest(builder, lowering, shape, 0, builder.root, (body) => {
    const position = lowering.value(index);
    const mask = builder.operation('and', 'bool', [
      builder.operation('lessEqual', 'bool', [zero, position]),
      builder.operation('less', 'bool', [position, end]),
    ]);
    const before = builder.load(buffer, position, { mask, scope: body });
    const after = builder.operation('add', value.dtype, [before, lowering.value(value)], {
      scope: body,
    });
    builder.store(body, buffer, position, after, mask);
  });
  return builder.finish();
}
