import { GrowingMemory } from './growing-memory.js';
import type { StartMessage, WorkerMessage, WorkerReply } from './messages.js';
import { nodeModule } from './node-module.js';
import { ThreadInstances, type Run } from './thread-instances.js';
import { warmUp } from './warm-up.js';

interface Port {
  postMessage(message: WorkerReply, transfer?: readonly ArrayBuffer[]): void;
  addEventListener(type: 'message', listener: (event: { data: WorkerMessage }) => void): void;
}

/** Makes the worker in which it is called one of the threads that run plans, or the only one. */
export function serve(): void {
  const port = (nodeModule('node:worker_threads')?.parentPort ?? globalThis) as Port;
  let thread: ServingThread;
  port.addEventListener('message', ({ data }) => {
    try {
      if (data.kind === 'start') thread = new ServingThread(port, data);
      else thread.follow(data);
    } catch (error) {
      const reason = String(error instanceof Error ? error.stack : error);
      port.postMessage({ kind: 'failed', reason });
    }
  });
}

class ServingThread {
  readonly #port: Port;
  readonly #engine: WebAssembly.Module;
  readonly #thread: number;
  readonly #threads: number;
  /** Undefined where threads share a memory: then the calling thread writes and reads it. */
  readonly #own: GrowingMemory | undefined;
  readonly #instances: ThreadInstances;
  readonly #programs = new Map<number, Run>();

  constructor(port: Port, { memory, engine, thread, threads, lock }: StartMessage) {
    this.#port = port;
    this.#engine = engine;
    this.#thread = thread;
    this.#threads = threads;
    if (memory instanceof WebAssembly.Memory) {
      this.#instances = new ThreadInstances(engine, memory);
    } else {
      this.#own = new GrowingMemory(memory);
      this.#instances = new ThreadInstances(engine, this.#own.memory);
    }
    void holdForLife(lock).then((watched) => port.postMessage({ kind: 'ready', watched }));
  }

  follow(message: Exclude<WorkerMessage, StartMessage>): void {
    switch (message.kind) {
      case 'warmUp':
        warmUp(this.#engine, message.plan);
        break;
      case 'load':
        this.#programs.set(message.program, this.#instances.instantiate(message.plan));
        break;
      case 'unload':
        this.#programs.delete(message.program);
        this.#instances.clear(message.places);
        break;
      case 'write':
        this.#own!.write(message.address, message.bytes);
        break;
      case 'read': {
        const bytes = this.#own!.read(message.address, message.byteLength);
        if (bytes === undefined) return this.#refuse(message.address + message.byteLength);
        this.#port.postMessage({ kind: 'finished', bytes }, [bytes.buffer]);
        break;
      }
      case 'run':
        if (this.#own?.reaches(message.end) === false) return this.#refuse(message.end);
        this.#programs.get(message.program)!(message.parameters, this.#thread, this.#threads);
        if (this.#thread === 0) this.#port.postMessage({ kind: 'finished' });
    }
  }

  #refuse(end: number): void {
    this.#port.postMessage({ kind: 'refused', end, byteLength: this.#own!.byteLength });
  }
}

/** Holds a lock until this thread ends; false where that cannot be. */
function holdForLife(lock: string | undefined): Promise<boolean> {
  return new Promise((resolve) => {
    if (lock === undefined) return resolve(false);
    const held = navigator.locks.request(lock, () => {
      resolve(true);
      return new Promise(() => undefined);
    });
    // Some frames may not have locks.
    held.catch(() => resolve(false));
  });
}
