import {
  f32x4,
  i32,
  select,
  v128,
  type Expression,
  type FunctionBody,
  type FunctionReference,
  type ModuleBuilder,
  type Variable,
} from '../assembler/index.js';

/**
 * Of `padPlanes`, which copies parts of planes (the channels of an image) that may stick out: there
 * they are zero. Planes follow one another without gaps on both sides. Up to twelve bytes behind
 * the source are read, and up to twelve behind the target written.
 */
export const padPlanesSignature = {
  parameters: {
    target: 'i32',
    planes: 'i32',
    /** The extents of a part, in elements. */
    height: 'i32',
    width: 'i32',
    source: 'i32',
    sourceHeight: 'i32',
    sourceWidth: 'i32',
    /** Where in a plane the part begins; may be negative. */
    firstRow: 'i32',
    firstColumn: 'i32',
  },
} as const;

/** Defines `padPlanes`. */
export function definePadPlanes(
  module: ModuleBuilder,
): FunctionReference<typeof padPlanesSignature> {
  return module.function('padPlanes', padPlanesSignature, (body, parameters) => {
    const { target, planes, height, width, source, sourceHeight, sourceWidth } = parameters;
    const { firstRow, firstColumn } = parameters;
    const before = atLeast0(body, i32.sub(0, firstColumn), 'before');
    body.if(i32.gt_s(before, width), () => body.set(before, width));
    const skipped = atLeast0(body, firstColumn, 'skipped');
    const present = atLeast0(body, i32.sub(sourceWidth, skipped), 'present');
    const room = body.let(i32.sub(width, before), 'room');
    body.if(i32.gt_s(present, room), () => body.set(present, room));
    const after = body.let(i32.sub(room, present), 'after');
    const sourceRowBytes = body.let(i32.shl(sourceWidth, 2), 'sourceRowBytes');
    const planeBytes = body.let(i32.mul(sourceRowBytes, sourceHeight), 'planeBytes');
    const plane = body.let(i32.add(source, i32.shl(skipped, 2)), 'plane');
    const lastRow = body.let(i32.add(firstRow, height), 'lastRow');
    // Each piece may overwrite the start of the next, which comes later.
    const zeros = (count: Expression<'i32'>): void => {
      body.for({ to: count, step: 4 }, (index) =>
        body.emit(v128.store(i32.add(target, i32.shl(index, 2)), f32x4.splat(0))),
      );
      body.increase(target, i32.shl(count, 2));
    };
    body.for({ to: planes }, () => {
      body.for({ from: firstRow, to: lastRow, name: 'row' }, (row) => {
        body.if(
          i32.lt_u(row, sourceHeight),
          () => {
            const from = body.let(i32.add(plane, i32.mul(row, sourceRowBytes)), 'from');
            zeros(before);
            body.for({ to: present, step: 4 }, (index) => {
              const offset = body.let(i32.shl(index, 2), 'offset');
              body.emit(v128.store(i32.add(target, offset), v128.load(i32.add(from, offset))));
            });
            body.increase(target, i32.shl(present, 2));
            zeros(after);
          },
          () => zeros(width),
        );
      });
      body.increase(plane, planeBytes);
    });
  });
}

function atLeast0(body: FunctionBody, value: Expression<'i32'>, name: string): Variable<'i32'> {
  const kept = body.let(value, name);
  body.set(kept, select(kept, i32.const(0), i32.gt_s(kept, 0)));
  return kept;
}
