import type { WarmUp } from '../warm-up.js';
import type { MemoryLimits } from './linear-memory.js';
import type { PlanBinary, TableRange } from './thread-instances.js';

/** What a worker is told. Messages arrive in the order in which they were posted. */
export type WorkerMessage =
  | StartMessage
  /** Have the engine module optimised, when there is nothing else to do. */
  | { readonly kind: 'warmUp'; readonly plan: WarmUp }
  /** Be ready to run a plan, from now on called by this number. */
  | {
      readonly kind: 'load';
      readonly program: number;
      readonly plan: PlanBinary;
    }
  | { readonly kind: 'unload'; readonly program: number; readonly places: TableRange }
  /** Copy these bytes into your memory. */
  | { readonly kind: 'write'; readonly address: number; readonly bytes: Uint8Array }
  /** Send a copy of what is there. */
  | { readonly kind: 'read'; readonly address: number; readonly byteLength: number }
  | RunMessage;

/** The first one: which of the threads it is, and on which memory. */
export interface StartMessage {
  readonly kind: 'start';
  /** The one that all threads share, or the limits of one that this thread has for itself. */
  readonly memory: WebAssembly.Memory | MemoryLimits;
  /** The engine module. */
  readonly engine: WebAssembly.Module;
  readonly thread: number;
  readonly threads: number;
  /** A lock to hold as long as the worker lives, by which a page notices its end. */
  readonly lock?: string | undefined;
}

/** Do your part of a plan. */
interface RunMessage extends RunPlace {
  readonly kind: 'run';
  readonly program: number;
}

/** Where a run finds what it needs. */
export interface RunPlace {
  /** The address of the plan's parameters. */
  readonly parameters: number;
  /** Behind the last byte of memory that the run may touch. */
  readonly end: number;
}

/** What a worker answers. */
export type WorkerReply =
  /** `watched` tells whether it holds the lock that it was told to hold. */
  | { readonly kind: 'ready'; readonly watched: boolean }
  /** From thread 0, when all have finished; or with the bytes that were asked for. */
  | { readonly kind: 'finished'; readonly bytes?: Uint8Array }
  /** The engine refuses to make the worker's own memory, of `byteLength` bytes, reach to `end`. */
  | { readonly kind: 'refused'; readonly end: number; readonly byteLength: number }
  | { readonly kind: 'failed'; readonly reason: string };
