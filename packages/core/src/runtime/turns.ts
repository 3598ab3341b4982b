/** Work that may be interrupted wherever it yields. */
export type Pieces<Result> = Generator<void, Result, void>;

/** For how long nobody else gets a turn, in milliseconds: half a frame of a page. */
const longestTurn = 8;

let lastTurn = -Infinity;

/** Whether others have waited long enough. */
export function turnIsOver(): boolean {
  return performance.now() - lastTurn > longestTurn;
}

/** Resolves when the event loop has turned: timers, input and Ctrl-C have been seen to. */
export async function nextTurn(): Promise<void> {
  await nextMacrotask();
  lastTurn = performance.now();
}

/** `setImmediate` is the cheaper way where it exists. */
function nextMacrotask(): Promise<void> {
  const immediate = (globalThis as { setImmediate?: (callback: () => void) => unknown })
    .setImmediate;
  return new Promise((resolve) => {
    if (immediate !== undefined) {
      immediate(resolve);
      return;
    }
    const channel = new MessageChannel();
    channel.port1.onmessage = () => {
      channel.port1.close();
      resolve();
    };
    channel.port2.postMessage(null);
  });
}

/** Does work to its end before returning. */
export function doAtOnce<Result>(work: Pieces<Result>): Result {
  let step = work.next();
  while (step.done !== true) step = work.next();
  return step.value;
}

/** Does work in turns of a few milliseconds, or of one piece where that takes longer. */
export async function doInTurns<Result>(work: Pieces<Result>): Promise<Result> {
  for (;;) {
    if (turnIsOver()) await nextTurn();
    const step = work.next();
    if (step.done === true) return step.value;
  }
}
