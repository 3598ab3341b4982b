import {
  f32,
  i32,
  memory,
  select,
  v128,
  type FunctionReference,
  type ModuleBuilder,
} from '../assembler/index.js';
import { transpose } from '../gemm/shuffle.js';

/**
 * Of `packGathered`, which packs a panel: strips of eight lanes, each with all of the depth, where
 * the table says how far each step of the depth is from the first. Lanes that the last strip lacks
 * are zero. In bytes but counts.
 */
export const packGatheredSignature = {
  parameters: {
    target: 'i32',
    source: 'i32',
    lanes: 'i32',
    laneStride: 'i32',
    depthTable: 'i32',
    depth: 'i32',
  },
} as const;

/** Defines `packGathered`. */
export function definePackGathered(
  module: ModuleBuilder,
): FunctionReference<typeof packGatheredSignature> {
  return module.function('packGathered', packGatheredSignature, (body, parameters) => {
    const { target, source, lanes, laneStride, depthTable, depth } = parameters;
    const stripBytes = body.let(i32.shl(depth, 5), 'stripBytes');
    // What is computed with missing lanes is nobody's, but slow if they happen to be subnormal.
    body.if(i32.and(lanes, 7), () => {
      const last = i32.add(target, i32.mul(i32.shr_u(lanes, 3), stripBytes));
      body.emit(memory.fill(last, 0, stripBytes));
    });
    body.for({ to: lanes, name: 'lane' }, (lane) => {
      const strip = i32.mul(i32.shr_u(lane, 3), stripBytes);
      const column = i32.shl(i32.and(lane, 7), 2);
      const to = body.let(i32.add(target, i32.add(strip, column)), 'to');
      const entry = body.let(depthTable, 'entry');
      body.for({ to: depth }, () => {
        body.emit(f32.store(to, f32.load(i32.add(source, i32.load(entry)))));
        body.increase(entry, 4);
        body.increase(to, 32);
      });
      body.increase(source, laneStride);
    });
  });
}

/**
 * Of `packChannels`, which packs part of the depth of a panel from lanes that are each contiguous.
 * Up to twelve bytes behind them are read.
 */
export const packChannelsSignature = {
  parameters: {
    target: 'i32',
    /** From strip to strip. */
    stripStride: 'i32',
    source: 'i32',
    lanes: 'i32',
    laneStride: 'i32',
    depth: 'i32',
  },
} as const;

/** Defines `packChannels`. */
export function definePackChannels(
  module: ModuleBuilder,
): FunctionReference<typeof packChannelsSignature> {
  return module.function('packChannels', packChannelsSignature, (body, parameters) => {
    const { target, stripStride, source, lanes, laneStride, depth } = parameters;
    body.for({ to: lanes, step: 4, name: 'lane' }, (lane) => {
      const strip = i32.mul(i32.shr_u(lane, 3), stripStride);
      const column = i32.shl(i32.and(lane, 4), 2);
      const to = body.let(i32.add(target, i32.add(strip, column)), 'to');
      const left = body.let(i32.sub(lanes, lane), 'left');
      const pointers = [body.let(source, 'pointer')];
      // Lanes that are not there repeat the last one.
      for (const count of [1, 2, 3]) {
        const step = select(laneStride, i32.const(0), i32.gt_s(left, count));
        pointers.push(body.let(i32.add(pointers.at(-1)!, step), 'pointer'));
      }
      const transposed = () =>
        transpose(
          body,
          pointers.map((at) => body.let(v128.load(at))),
        );
      const whole = i32.and(depth, -4);
      body.for({ to: whole, step: 4 }, () => {
        transposed().forEach((step, index) => body.emit(v128.store(to, step, 32 * index)));
        for (const pointer of pointers) body.increase(pointer, 16);
        body.increase(to, 128);
      });
      const rest = body.let(i32.and(depth, 3), 'rest');
      body.if(rest, () =>
        transposed().forEach((step, index) => {
          body.if(i32.gt_s(rest, index), () => body.emit(v128.store(to, step, 32 * index)));
        }),
      );
      body.increase(source, i32.shl(laneStride, 2));
    });
  });
}
