import type { Emit } from './protocol.js';

/** How often steps are told: often enough for a display that looks alive, and no oftener. */
const intervalMilliseconds = 100;

/** Gathers steps and tells them in groups, because a message for each would cost as much as one. */
export class StepRecorder {
  readonly #emit: Emit;
  #losses: number[] = [];
  #accuracies: number[] = [];
  #milliseconds: number[] = [];
  #lastStep = performance.now();
  #lastTold = performance.now();
  #steps = 0;
  #isFinite = true;

  constructor(emit: Emit) {
    this.#emit = emit;
  }

  /** A step is done; its time counts from the end of the one before it. */
  record(loss: number, accuracy: number): void {
    const now = performance.now();
    this.#steps += 1;
    if (this.#isFinite && !Number.isFinite(loss)) this.#warn(loss);
    this.#losses.push(loss);
    this.#accuracies.push(accuracy);
    this.#milliseconds.push(now - this.#lastStep);
    this.#lastStep = now;
    if (now - this.#lastTold >= intervalMilliseconds) this.flush();
  }

  /** Tells what has not been told. */
  flush(): void {
    this.#lastTold = performance.now();
    if (this.#losses.length === 0) return;
    const [losses, accuracies, milliseconds] = [this.#losses, this.#accuracies, this.#milliseconds];
    [this.#losses, this.#accuracies, this.#milliseconds] = [[], [], []];
    this.#emit({ type: 'steps', losses, accuracies, milliseconds });
  }

  /** Once is enough: a loss that is not finite stays so. */
  #warn(loss: number): void {
    this.#isFinite = false;
    const text = `The loss is ${loss} in step ${this.#steps}: try a smaller --learning-rate.`;
    this.#emit({ type: 'notice', text });
  }
}
