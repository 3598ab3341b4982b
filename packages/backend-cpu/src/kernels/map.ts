import type { MapKernel } from '@gradus/core/backend';
import { ProgramBuilder } from '../program/builder.js';
import { ExpressionLowering } from '../program/lowering.js';
import type { Program } from '../program/program.js';
import { nest } from './nest.js';
import { storeOutputs } from './outputs.js';

/** A map as a program: one loop for each axis, the innermost walking the outputs in order. */
export function mapProgram({ name, shape, outputs }: MapKernel, scalars: number): Program {
  const builder = new ProgramBuilder(name);
  const lowering = new ExpressionLowering(builder, shape.length, scalars);
  nest(builder, lowering, shape, 0, builder.root, (body) =>
    storeOutputs(builder, lowering, shape, outputs, body),
  );
  return builder.finish();
}
