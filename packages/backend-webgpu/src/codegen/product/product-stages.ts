import type { ShaderContext, Stage } from '../shader.js';
import { chooseCut } from './choose-cut.js';
import { combineStage } from './combine-stage.js';
import { directStage, type DirectCut } from './direct-stage.js';
import type { ScratchPlace } from '../scratch.js';
import type { Product } from './product.js';
import { sumTypeOf } from './quads.js';
import { tileStage, type TiledCut } from './tile-stage.js';

/**
 * A product, in two stages where it is cut along its depth.
 *
 * @param cut How it is computed; as suits the device if not given.
 */
export function productStages(
  context: ShaderContext,
  product: Product,
  cut: DirectCut | TiledCut = chooseCut(context.target, product),
): Stage[] {
  const { batches, rows, columns, dtype } = product;
  const elements = batches * rows * columns;
  if (elements === 0) return [];
  const parts = context.undivided ? 1 : cut.parts;
  const stage = (partial?: ScratchPlace): Stage =>
    'team' in cut
      ? directStage(context, product, { ...cut, parts }, partial)
      : tileStage(context, product, { ...cut, parts }, partial);
  if (parts === 1) return [stage()];
  const partial = context.scratch.reserve(sumTypeOf(dtype), elements * parts);
  return [stage(partial), combineStage(context, product, parts, partial)];
}
