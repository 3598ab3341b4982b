/** How many runs may be under way: enough to keep a GPU busy, few enough not to run away from it. */
const maximumInFlight = 3;

/** The runs that a device has been given and has not finished. */
export class Submissions {
  readonly #device: GPUDevice;
  readonly #inFlight: Promise<unknown>[] = [];
  #count = 0;

  constructor(device: GPUDevice) {
    this.#device = device;
  }

  /** How many command buffers have been submitted so far. */
  get count(): number {
    return this.#count;
  }

  /** Submits commands; resolves when there is room for the next ones. */
  async submit(commands: GPUCommandBuffer): Promise<void> {
    const { queue } = this.#device;
    queue.submit([commands]);
    this.#count++;
    this.#inFlight.push(queue.onSubmittedWorkDone());
    if (this.#inFlight.length >= maximumInFlight) await this.#inFlight.shift();
  }

  /** Resolves when everything submitted so far has finished. */
  async finished(): Promise<void> {
    await this.#device.queue.onSubmittedWorkDone();
  }
}
