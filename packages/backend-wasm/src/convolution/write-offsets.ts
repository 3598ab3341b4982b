import { i32, type FunctionReference, type ModuleBuilder } from '../assembler/index.js';

/**
 * Of `writeOffsets`, which writes a · outerStride + b · middleStride + c · innerStride for all
 * a < outer, b < middle, c < inner in row-major order, the first one at `target` and each of the
 * others `step` bytes behind the one before.
 */
export const writeOffsetsSignature = {
  parameters: {
    target: 'i32',
    step: 'i32',
    first: 'i32',
    outer: 'i32',
    outerStride: 'i32',
    middle: 'i32',
    middleStride: 'i32',
    inner: 'i32',
    innerStride: 'i32',
  },
} as const;

/** Defines `writeOffsets`. */
export function defineWriteOffsets(
  module: ModuleBuilder,
): FunctionReference<typeof writeOffsetsSignature> {
  return module.function('writeOffsets', writeOffsetsSignature, (body, parameters) => {
    const { target, step, first, outer, middle, inner } = parameters;
    const { outerStride, middleStride, innerStride } = parameters;
    const plane = body.let(first, 'plane');
    body.for({ to: outer }, () => {
      const line = body.let(plane, 'line');
      body.for({ to: middle }, () => {
        const offset = body.let(line, 'offset');
        body.for({ to: inner }, () => {
          body.emit(i32.store(target, offset));
          body.increase(target, step);
          body.increase(offset, innerStride);
        });
        body.increase(line, middleStride);
      });
      body.increase(plane, outerStride);
    });
  });
}
