import type { TileCosts } from './product/tile.js';

/** What there is to know about a device when shaders are written for it. */
export interface Target {
  /** Buffers that a stage can have. */
  readonly maximumBuffers: number;
  /** Bytes of memory that a workgroup may have. */
  readonly workgroupMemory: number;
  /** Invocations that a workgroup may have. */
  readonly workgroupInvocations: number;
  /**
   * Whether invocations of a workgroup may as well wait for each other. On a GPU they run side by
   * side; a program on the processor runs one after the other, and puts away all that each of them
   * holds whenever they wait.
   */
  readonly waitsAreCheap: boolean;
  readonly tileCosts: TileCosts;
}
