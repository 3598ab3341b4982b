import { DeviceError, DeviceLostError } from '@gradus/core/backend';
import { meetingPoint } from '../codegen/barrier.js';
import type { WarmUp } from '../warm-up.js';
import type { MemoryLimits } from './linear-memory.js';
import type { RunPlace, WorkerMessage, WorkerReply } from './messages.js';
import type { LoadedPlan, Processor, Program } from './processor.js';
import { startThread, type Thread } from './thread.js';

interface Settlement {
  readonly resolve: (bytes: Uint8Array) => void;
  readonly reject: (reason: Error) => void;
}

/** What workers need to begin. */
export interface Start {
  /** Compiles the engine module, while they start. */
  readonly engine: () => Promise<WebAssembly.Module>;
  /** A memory that they share, or the limits of one that the only worker makes for itself. */
  readonly memory: WebAssembly.Memory | MemoryLimits;
  /** Hears that the engine refuses a worker's memory of `byteLength` bytes to reach to `end`. */
  readonly refuse: (end: number, byteLength: number) => Error;
}

/** A script that is not ours would never answer; in milliseconds. */
const longestStart = 60_000;

const nothing = new Uint8Array();

/**
 * Workers that run plans together. Each is told once to begin; from kernel to kernel they wait for
 * each other by themselves, on the memory that they share. A worker that is alone may have a memory
 * that only it reaches.
 */
export class WorkerPool implements Processor {
  /** Resolves when a worker is gone that nobody stopped. */
  readonly lost: Promise<DeviceLostError>;
  readonly #count: number;
  readonly #script: string | URL | undefined;
  readonly #threads: Thread[] = [];
  readonly #lose: (error: DeviceLostError) => void;
  #start: Start | undefined;
  #starting = 0;
  #programs = 0;
  #failure: Error | undefined;
  /** Of what is under way: the start, or the one run or read. */
  #settlement: Settlement | undefined;

  /**
   * A pool that is yet to be started.
   *
   * @param count How many workers it will have.
   * @param script Where their script is, if not beside this one.
   */
  constructor(count: number, script?: string | URL) {
    this.#count = count;
    this.#script = script;
    let lose!: (error: DeviceLostError) => void;
    this.lost = new Promise((resolve) => {
      lose = resolve;
    });
    this.#lose = lose;
  }

  /** Starts the workers. Rejects with a `DeviceError` (or what the engine throws) if one does not. */
  async start(start: Start): Promise<void> {
    this.#start = start;
    const timer = setTimeout(() => this.#end(0, 'it did not answer'), longestStart);
    try {
      await this.#startThreads(start);
    } catch (error) {
      this.stop(error as Error);
      throw error;
    } finally {
      clearTimeout(timer);
    }
    for (const thread of this.#threads) thread.release();
  }

  /** Sends a plan to the workers that it needs. */
  load({ module, places, single }: LoadedPlan): Program {
    const program = this.#programs++;
    const threads = single ? this.#threads.slice(0, 1) : this.#threads;
    post(threads, { kind: 'load', program, plan: { module, places } });
    return {
      run: async (place: RunPlace) => {
        await this.#await(threads, { kind: 'run', program, ...place });
      },
      dispose: () => post(threads, { kind: 'unload', program, places }),
    };
  }

  /** Has the last thread, which the smallest plans do not need, warm the kernels up. */
  warmUp(plan: WarmUp): void {
    post(this.#threads.slice(-1), { kind: 'warmUp', plan });
  }

  /** Posts to the only worker what it does not answer. */
  tell(message: WorkerMessage, transfer: readonly ArrayBuffer[]): void {
    this.#threads[0]!.post(message, transfer);
  }

  /** Asks the only worker for bytes. */
  ask(message: WorkerMessage): Promise<Uint8Array> {
    return this.#await(this.#threads, message);
  }

  /** Ends the workers, in the midst of a run if need be, which then rejects with `reason`. */
  stop(reason: Error): void {
    if (this.#failure !== undefined) return;
    this.#failure = reason;
    this.#abort();
    for (const thread of this.#threads) thread.terminate();
    this.#settlement?.reject(reason);
  }

  async #startThreads({ memory, engine: compile }: Start): Promise<void> {
    const threads = this.#count;
    const ready = new Promise((resolve, reject) => {
      this.#settlement = { resolve, reject };
    });
    this.#starting = threads;
    for (let number = 0; number < threads; number++) {
      const listener = {
        received: (reply: WorkerReply) => this.#receive(number, reply),
        ended: (reason: string) => this.#end(number, reason),
      };
      this.#threads.push(startThread(this.#script, listener));
    }
    const begin = (engine: WebAssembly.Module): void =>
      this.#threads.forEach((thread, number) => {
        const { lock } = thread;
        thread.post({ kind: 'start', memory, engine, thread: number, threads, lock });
      });
    await Promise.all([ready, compile().then(begin)]);
  }

  /** Posts what thread 0 answers when it is done. */
  #await(threads: readonly Thread[], message: WorkerMessage): Promise<Uint8Array> {
    if (this.#failure !== undefined) return Promise.reject(this.#failure);
    return new Promise((resolve, reject) => {
      this.#settlement = { resolve, reject };
      // The process must not end before the answer; this thread is the one that gives it.
      this.#threads[0]!.hold();
      post(threads, message);
    });
  }

  #receive(thread: number, reply: WorkerReply): void {
    if (this.#failure !== undefined) return;
    switch (reply.kind) {
      case 'ready':
        if (--this.#starting === 0) this.#settlement?.resolve(nothing);
        break;
      case 'finished':
        this.#threads[0]!.release();
        this.#settlement?.resolve(reply.bytes ?? nothing);
        break;
      case 'refused':
        this.#threads[0]!.release();
        this.#settlement?.reject(this.#start!.refuse(reply.end, reply.byteLength));
        break;
      case 'failed':
        this.#end(thread, reply.reason);
    }
  }

  #end(thread: number, reason: string): void {
    if (this.#failure !== undefined) return;
    if (this.#starting > 0) {
      this.stop(new DeviceError(`thread ${thread} failed (${reason})`));
      return;
    }
    const count = this.#count;
    const which =
      count === 1 ? 'the one thread, a worker,' : `of its ${count} threads, thread ${thread}`;
    const error = new DeviceLostError(
      `The WASM device is lost: ${which} failed (${reason}). ` +
        'Make a new device with await wasm(), and restore what was on this one.',
    );
    this.stop(error);
    this.#lose(error);
  }

  /** Lets threads go that wait for one that will not come. */
  #abort(): void {
    const memory = this.#start?.memory;
    if (!(memory instanceof WebAssembly.Memory)) return;
    const words = new Int32Array(memory.buffer);
    Atomics.store(words, meetingPoint.aborted / 4, 1);
    Atomics.add(words, meetingPoint.generation / 4, 1);
    Atomics.notify(words, meetingPoint.generation / 4);
  }
}

function post(threads: readonly Thread[], message: WorkerMessage): void {
  for (const thread of threads) thread.post(message);
}
