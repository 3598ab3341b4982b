import type { KernelTime } from '@gradus/core/backend';
import type { CompiledProgram, NumberArray } from './program.js';

/** A program that notes how long it takes. */
export class TimedProgram implements CompiledProgram, KernelTime {
  readonly source: string;
  /** There is one thread, which waits for nobody. */
  readonly waitMilliseconds = 0;
  calls = 0;
  milliseconds = 0;
  readonly #program: CompiledProgram;

  /** Runs what `program` runs. */
  constructor(program: CompiledProgram) {
    this.#program = program;
    this.source = program.source;
  }

  /** Runs it. */
  run(arrays: readonly NumberArray[]): void {
    const start = performance.now();
    this.#program.run(arrays);
    this.milliseconds += performance.now() - start;
    this.calls++;
  }
}
