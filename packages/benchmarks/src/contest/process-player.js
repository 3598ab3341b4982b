import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { clearTimeout, setTimeout } from 'node:timers';

/** @typedef {import('./player.js').Player} Player */

/**
 * A contestant that is a process. It ends when an answer takes too long.
 *
 * @implements {Player}
 */
export class ProcessPlayer {
  #process;
  #lines;

  /**
   * Starts it.
   *
   * @param {string} command
   * @param {readonly string[]} parameters Of the command.
   */
  constructor(command, parameters) {
    this.#process = spawn(command, parameters, { stdio: ['pipe', 'pipe', 'ignore'] });
    // It may be gone when it is asked; then there is no answer, which says so.
    this.#process.stdin.on('error', () => undefined);
    this.#process.on('error', () => undefined);
    this.#lines = createInterface({ input: this.#process.stdout })[Symbol.asyncIterator]();
  }

  /**
   * What it says.
   *
   * @param {object | undefined} request Unless it speaks first.
   * @param {number} seconds How long it may take.
   * @returns {Promise<any>} Rejects with what went wrong there.
   */
  async ask(request, seconds) {
    if (request !== undefined) this.#process.stdin.write(`${JSON.stringify(request)}\n`);
    const timer = setTimeout(() => this.#process.kill('SIGKILL'), 1000 * seconds);
    const { value } = await this.#lines.next();
    clearTimeout(timer);
    if (value === undefined) {
      const { killed } = this.#process;
      throw new Error(killed ? `no answer within ${seconds} seconds` : 'its process ended');
    }
    const reply = JSON.parse(value);
    if (reply.error !== undefined) throw new Error(reply.error);
    return reply;
  }

  /** Ends its process. */
  stop() {
    this.#process.kill('SIGKILL');
  }
}
