/** How many runs may be under way: enough to keep a GPU busy, few enough not to run away from it. */
const maximumInFlight = 3;

/** What a device has been given to do. */
export class Submissions {
  readonly device: GPUDevice;
  readonly #inFlight: Promise<unknown>[] = [];
  readonly #inQuestion = new Set<Promise<unknown>>();
  #count = 0;

  /** None so far. */
  constructor(device: GPUDevice) {
    this.device = device;
  }

  /** How many command buffers have been submitted so far. */
  get count(): number {
    return this.#count;
  }

  /** Submits the commands that `encode` writes. */
  submit(encode: (encoder: GPUCommandEncoder) => void): void {
    const encoder = this.device.createCommandEncoder();
    encode(encoder);
    this.device.queue.submit([encoder.finish()]);
    this.#count++;
  }

  /** Counts what was submitted last as a run; resolves when there is room for the next one. */
  async room(): Promise<void> {
    this.#inFlight.push(this.finished());
    if (this.#inFlight.length >= maximumInFlight) await this.#inFlight.shift();
  }

  /** Notes that it takes a while to tell what was wrong with something submitted. */
  question(answer: Promise<unknown>): void {
    const settled = answer.catch(() => undefined).finally(() => this.#inQuestion.delete(settled));
    this.#inQuestion.add(settled);
  }

  /** Resolves when it is known what was wrong with everything submitted so far, if anything. */
  async answered(): Promise<void> {
    await Promise.all(this.#inQuestion);
  }

  /** Resolves when everything submitted so far has finished, or when the device is lost. */
  async finished(): Promise<void> {
    await this.device.queue.onSubmittedWorkDone().catch(() => undefined);
  }
}
