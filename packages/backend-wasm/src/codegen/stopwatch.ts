import type { Plan } from '@gradus/core/backend';
import {
  f64,
  i32,
  type FunctionBody,
  type FunctionReference,
  type ModuleBuilder,
} from '../assembler/index.js';
import type { Code } from './code.js';

/** Where the times of a plan are, in bytes: all float64, in milliseconds but for the runs. */
export const timesLayout = {
  runs: 0,
  computing: (kernel: number): number => 8 * (1 + 2 * kernel),
  waiting: (kernel: number): number => 8 * (2 + 2 * kernel),
  byteLength: ({ kernels }: Plan): number => 8 * (1 + 2 * kernels.length),
} as const;

const lapSignature = { parameters: { place: 'i32' } } as const;

/** Writes into a plan's `run` what measures it: thread 0 adds up what goes by between two laps. */
export class Stopwatch {
  readonly #address: number;
  readonly #start: FunctionReference<{ parameters: Record<string, never> }>;
  readonly #lap: FunctionReference<typeof lapSignature>;

  /**
   * Imports `host.now`.
   *
   * @param address Where the times are.
   */
  constructor(module: ModuleBuilder, address: number) {
    const signature = { parameters: {}, result: 'f64' } as const;
    const now = module.importFunction('host', 'now', signature);
    const last = module.global('last', 'f64', 0);
    const add = (body: FunctionBody, place: Code<'i32'>, amount: Code<'f64'>): void =>
      body.emit(f64.store(place, f64.add(f64.load(place), amount)));
    this.#address = address;
    this.#start = module.function('start', { parameters: {} }, (body) => {
      add(body, i32.const(address + timesLayout.runs), f64.const(1));
      body.set(last, now.call({}));
    });
    this.#lap = module.function('lap', lapSignature, (body, { place }) => {
      const time = body.let(now.call({}), 'time');
      add(body, place, f64.sub(time, last));
      body.set(last, time);
    });
  }

  /** Where a run begins. */
  start(body: FunctionBody, thread: Code<'i32'>): void {
    body.if(i32.eqz(thread), () => body.emit(this.#start.call({})));
  }

  /** What went by since the last lap is added at `place`, one of `timesLayout`. */
  lap(body: FunctionBody, thread: Code<'i32'>, place: number): void {
    body.if(i32.eqz(thread), () => body.emit(this.#lap.call({ place: this.#address + place })));
  }
}
