import type { WorkerMessage, WorkerReply } from './messages.js';
import { nodeModule } from './node-module.js';
import { ThreadInstances, type Run } from './thread-instances.js';

interface Port {
  postMessage(message: WorkerReply): void;
  addEventListener(type: 'message', listener: (event: { data: WorkerMessage }) => void): void;
}

/** Makes the worker in which it is called one of the threads that run plans together. */
export function serve(): void {
  const port = (nodeModule('node:worker_threads')?.parentPort ?? globalThis) as Port;
  const programs = new Map<number, Run>();
  let thread: number;
  let threads: number;
  let instances: ThreadInstances;

  function follow(message: WorkerMessage): void {
    switch (message.kind) {
      case 'start':
        ({ thread, threads } = message);
        instances = new ThreadInstances(message.engine, message.memory);
        port.postMessage({ kind: 'ready' });
        break;
      case 'load':
        programs.set(message.program, instances.instantiate(message.plan));
        break;
      case 'unload':
        programs.delete(message.program);
        instances.clear(message.places);
        break;
      case 'run':
        programs.get(message.program)!(message.parameters, thread, threads);
        if (thread === 0) port.postMessage({ kind: 'finished' });
    }
  }

  port.addEventListener('message', ({ data }) => {
    try {
      follow(data);
    } catch (error) {
      const reason = String(error instanceof Error ? error.stack : error);
      port.postMessage({ kind: 'failed', reason });
    }
  });
}
