import { DeviceError, DeviceLostError } from '@gradus/core/backend';
import { meetingPoint } from '../codegen/barrier.js';
import type { WorkerMessage, WorkerReply } from './messages.js';
import type { LoadedPlan, Processor, Program } from './processor.js';
import { startThread, type Thread } from './thread.js';

interface Settlement {
  readonly resolve: () => void;
  readonly reject: (reason: Error) => void;
}

/** A script that is not ours would never answer; in milliseconds. */
const longestStart = 60_000;

/**
 * Workers that run plans together on one shared memory. Each is told once to begin; from kernel to
 * kernel they wait for each other by themselves.
 */
export class WorkerPool implements Processor {
  /** Resolves when a worker is gone that nobody stopped. */
  readonly lost: Promise<DeviceLostError>;
  readonly #memory: WebAssembly.Memory;
  readonly #threads: Thread[] = [];
  readonly #lose: (error: DeviceLostError) => void;
  #starting = 0;
  #programs = 0;
  #failure: Error | undefined;
  /** Of what is under way: the start, or the one run. */
  #settlement: Settlement | undefined;

  private constructor(memory: WebAssembly.Memory) {
    this.#memory = memory;
    let lose!: (error: DeviceLostError) => void;
    this.lost = new Promise((resolve) => {
      lose = resolve;
    });
    this.#lose = lose;
  }

  /**
   * Starts workers. Rejects with a `DeviceError` (or what the engine throws) when one
   * does not start.
   *
   * @param engine The engine module.
   * @param script Where their script is, if not beside this one.
   */
  static async start(
    engine: WebAssembly.Module,
    memory: WebAssembly.Memory,
    count: number,
    script?: string | URL,
  ): Promise<WorkerPool> {
    const pool = new WorkerPool(memory);
    const timer = setTimeout(() => pool.#end(0, 'it did not answer'), longestStart);
    try {
      await pool.#start(engine, count, script);
    } catch (error) {
      pool.stop(error as Error);
      throw error;
    } finally {
      clearTimeout(timer);
    }
    for (const thread of pool.#threads) thread.release();
    return pool;
  }

  /** Sends a plan to the workers that it needs. */
  load({ module, places, single }: LoadedPlan): Program {
    const program = this.#programs++;
    const threads = single ? this.#threads.slice(0, 1) : this.#threads;
    post(threads, { kind: 'load', program, plan: { module, places } });
    return {
      run: (parameters) => this.#run(threads, { kind: 'run', program, parameters }),
      dispose: () => post(threads, { kind: 'unload', program, places }),
    };
  }

  /** Ends the workers, in the midst of a run if need be, which then rejects with `reason`. */
  stop(reason: Error): void {
    if (this.#failure !== undefined) return;
    this.#failure = reason;
    this.#abort();
    for (const thread of this.#threads) thread.terminate();
    this.#settlement?.reject(reason);
  }

  #start(
    engine: WebAssembly.Module,
    threads: number,
    script: string | URL | undefined,
  ): Promise<void> {
    const memory = this.#memory;
    return new Promise((resolve, reject) => {
      this.#settlement = { resolve, reject };
      this.#starting = threads;
      for (let number = 0; number < threads; number++) {
        const thread = startThread(script, {
          received: (reply) => this.#receive(number, reply),
          ended: (reason) => this.#end(number, reason),
        });
        this.#threads.push(thread);
        thread.post({ kind: 'start', memory, engine, thread: number, threads });
      }
    });
  }

  #run(threads: readonly Thread[], message: WorkerMessage): Promise<void> {
    if (this.#failure !== undefined) return Promise.reject(this.#failure);
    return new Promise((resolve, reject) => {
      this.#settlement = { resolve, reject };
      // The process must not end before the run; this thread is the one that says when.
      this.#threads[0]!.hold();
      post(threads, message);
    });
  }

  #receive(thread: number, reply: WorkerReply): void {
    if (this.#failure !== undefined) return;
    if (reply.kind === 'failed') this.#end(thread, reply.reason);
    else if (reply.kind === 'finished') {
      this.#threads[0]!.release();
      this.#settlement?.resolve();
    } else if (--this.#starting === 0) this.#settlement?.resolve();
  }

  #end(thread: number, reason: string): void {
    if (this.#failure !== undefined) return;
    if (this.#starting > 0) {
      this.stop(new DeviceError(`thread ${thread} failed (${reason})`));
      return;
    }
    const error = new DeviceLostError(
      `The WASM device is lost: of its ${this.#threads.length} threads, thread ${thread} failed ` +
        `(${reason}). Make a new device with await wasm(), and restore what was on this one.`,
    );
    this.stop(error);
    this.#lose(error);
  }

  /** Lets threads go that wait for one that will not come. */
  #abort(): void {
    const words = new Int32Array(this.#memory.buffer);
    Atomics.store(words, meetingPoint.aborted / 4, 1);
    Atomics.add(words, meetingPoint.generation / 4, 1);
    Atomics.notify(words, meetingPoint.generation / 4);
  }
}

function post(threads: readonly Thread[], message: WorkerMessage): void {
  for (const thread of threads) thread.post(message);
}
