import type { Limits } from '../assembler/index.js';
import type { WarmUp } from '../warm-up.js';

/** How long other things wait, in milliseconds. */
const longestTurn = 2;

/**
 * Runs the kernels of the engine module until its compiler has optimised them, on a memory of their
 * own and a little at a time. Code belongs to the module: whoever has an instance of it, in another
 * thread too, gets the optimised one.
 */
export function warmUp(engine: WebAssembly.Module, { memory: limits, calls }: WarmUp): void {
  const memory = memoryOf(limits);
  if (memory === undefined) return;
  const table = new WebAssembly.Table({ element: 'anyfunc', initial: 0 });
  const { exports } = new WebAssembly.Instance(engine, { engine: { memory, table } });
  const left = calls.values();
  const turn = (): void => {
    const end = performance.now() + longestTurn;
    for (let next = left.next(); next.done !== true; next = left.next()) {
      const [name, ...values] = next.value;
      (exports[name] as (...values: number[]) => void)(...values);
      if (performance.now() > end) {
        soon(turn);
        return;
      }
    }
  };
  soon(turn);
}

/** Where memory is short, kernels start cold. */
function memoryOf(limits: Limits): WebAssembly.Memory | undefined {
  try {
    return new WebAssembly.Memory(limits);
  } catch {
    return undefined;
  }
}

/** Does it when what else is to do has had its turn; the process may end before. */
export function soon(action: () => void): void {
  const timer: unknown = setTimeout(action);
  (timer as { unref?: () => void }).unref?.();
}
