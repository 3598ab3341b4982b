import type { PlanBinary, TableRange } from './thread-instances.js';

/** What a worker is told. Messages arrive in the order in which they were posted. */
export type WorkerMessage =
  /** The first one: which of the threads it is, and on which memory. */
  | {
      readonly kind: 'start';
      readonly memory: WebAssembly.Memory;
      /** The engine module. */
      readonly engine: WebAssembly.Module;
      readonly thread: number;
      readonly threads: number;
    }
  /** Be ready to run a plan, from now on called by this number. */
  | {
      readonly kind: 'load';
      readonly program: number;
      readonly plan: PlanBinary;
    }
  | { readonly kind: 'unload'; readonly program: number; readonly places: TableRange }
  /** Do your part of a plan, whose parameters are at that address. */
  | { readonly kind: 'run'; readonly program: number; readonly parameters: number };

/** What a worker answers. */
export type WorkerReply =
  | { readonly kind: 'ready' }
  /** From thread 0, when all have finished. */
  | { readonly kind: 'finished' }
  | { readonly kind: 'failed'; readonly reason: string };
