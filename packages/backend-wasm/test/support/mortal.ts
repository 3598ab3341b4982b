/** Code of workers, of which one ends when it is told to run a plan. */
export function mortal(thread: number): string {
  return `
    import { parentPort } from 'node:worker_threads';
    let isMortal = false;
    parentPort.on('message', ({ kind, thread }) => {
      isMortal ||= kind === 'start' && thread === ${thread};
      if (isMortal && kind === 'run') process.exit(7);
    });`;
}
