import {
  f32x4,
  i32,
  v128,
  type FunctionReference,
  type ModuleBuilder,
} from '../assembler/index.js';
import { transpose } from '../gemm/shuffle.js';

/**
 * Of `sumTransposed`, which adds up four columns of several matrices, and writes each column as a
 * row. The columns of up to three more rows are read, and written. In bytes but counts.
 */
export const sumTransposedSignature = {
  parameters: {
    target: 'i32',
    targetStride: 'i32',
    source: 'i32',
    sourceStride: 'i32',
    rows: 'i32',
    /** How many matrices, and how far they are from one another. */
    parts: 'i32',
    partStride: 'i32',
  },
} as const;

/** Defines `sumTransposed`. */
export function defineSumTransposed(
  module: ModuleBuilder,
): FunctionReference<typeof sumTransposedSignature> {
  return module.function('sumTransposed', sumTransposedSignature, (body, parameters) => {
    const { target, targetStride, source, sourceStride, rows, parts, partStride } = parameters;
    const others = body.let(i32.sub(parts, 1), 'others');
    body.for({ to: rows, step: 4 }, () => {
      const part = body.let(source, 'part');
      const load = () => {
        const row = body.let(part, 'row');
        return [0, 1, 2, 3].map(() => {
          const vector = body.let(v128.load(row), 'vector');
          body.increase(row, sourceStride);
          return vector;
        });
      };
      const sums = load();
      body.for({ to: others }, () => {
        body.increase(part, partStride);
        load().forEach((vector, index) => body.set(sums[index]!, f32x4.add(sums[index]!, vector)));
      });
      const to = body.let(target, 'to');
      for (const column of transpose(body, sums)) {
        body.emit(v128.store(to, column));
        body.increase(to, targetStride);
      }
      body.increase(source, i32.shl(sourceStride, 2));
      body.increase(target, 16);
    });
  });
}
