import type { BufferHandle, Executable } from '@gradus/core/backend';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { WasmBackend } from '../../src/backend.js';
import type { Workforce } from '../../src/runtime/available-threads.js';
import { buildPackage } from '../support/package.js';
import { separateWorker } from '../support/separate-worker.js';
import { accumulation, length, product, throughArena, type Example } from '../support/plans.js';

const { worker } = await buildPackage();

const examples = [throughArena(4 * length), throughArena(2 ** 18), accumulation, product];

/** One thing to do; numbers choose among what there is then. */
type Step = readonly [
  'allocate' | 'write' | 'run' | 'read' | 'free' | 'compile' | 'turn',
  number,
  number,
  number,
];

const step: fc.Arbitrary<Step> = fc.tuple(
  fc.constantFrom('allocate', 'write', 'run', 'run', 'run', 'read', 'free', 'compile', 'turn'),
  fc.nat(1000),
  fc.nat(1000),
  fc.nat(1000),
);

/** A buffer, and what it must hold when all is done that was asked for so far. */
interface Held {
  readonly handle: BufferHandle;
  values: Float32Array;
}

const values = (seed: number): Float32Array =>
  Float32Array.from({ length }, (_, index) => ((index * 7 + seed) % 5) - 2);

/** A backend used in some order, without waiting, beside a model of it that waits for nothing. */
class Use {
  readonly #backend: WasmBackend;
  readonly #held: Held[] = [];
  readonly #executables: { example: Example; executable: Executable }[] = [];
  readonly #pending: Promise<void>[] = [];

  constructor(backend: WasmBackend) {
    this.#backend = backend;
  }

  async do([kind, a, b, c]: Step): Promise<void> {
    switch (kind) {
      case 'allocate':
        this.#allocate(values(a));
        return;
      case 'write':
        return this.#write(this.#pick(a), values(b));
      case 'run':
        return this.#run(a, b, c);
      case 'read':
        return this.#read(this.#pick(a));
      case 'free':
        return this.#free(a);
      case 'compile':
        return this.#compile(examples[a % examples.length]!);
      case 'turn':
        return new Promise((resolve) => setImmediate(resolve));
    }
  }

  async finish(): Promise<void> {
    for (const held of this.#held) this.#read(held);
    await Promise.all(this.#pending);
    for (const { handle } of this.#held) this.#backend.free(handle);
    for (const { executable } of this.#executables) executable.dispose();
  }

  #pick(number: number): Held | undefined {
    return this.#held[number % this.#held.length];
  }

  #allocate(content: Float32Array): Held {
    const held = { handle: this.#backend.allocate(4 * length), values: content };
    this.#held.push(held);
    this.#write(held, content);
    return held;
  }

  #write(held: Held | undefined, content: Float32Array): void {
    if (held === undefined) return;
    const bytes = new Uint8Array(content.slice().buffer);
    this.#backend.write(held.handle, bytes);
    // Whoever writes may go on with the bytes.
    bytes.fill(0xff);
    held.values = content;
  }

  #run(a: number, b: number, c: number): void {
    const chosen = this.#executables[c % this.#executables.length];
    const [left, right] = [this.#pick(a), this.#pick(b)];
    if (chosen === undefined || left === undefined || right === undefined || left === right) return;
    const { example, executable } = chosen;
    const factor = c % 2 === 0 ? 1 : -1;
    const bounded = example.expected(left.values, right.values, factor);
    const result = example.inPlace === true ? left : this.#allocate(left.values);
    const outputs = example.inPlace === true ? [] : [result.handle];
    const inputs = [left.handle, right.handle];
    this.#pending.push(executable.run(inputs, outputs, Float64Array.of(factor)));
    result.values = bounded;
    // Products grow; start again before they are no longer exact.
    if (bounded.some((value) => Math.abs(value) > 2 ** 12)) this.#write(result, values(c));
  }

  #read(held: Held | undefined): void {
    if (held === undefined) return;
    const expected = held.values;
    const read = this.#backend.read(held.handle, 4 * length);
    this.#pending.push(
      read.then((bytes) => expect(new Float32Array(bytes.buffer)).toEqual(expected)),
    );
  }

  #free(number: number): void {
    const [held] = this.#held.splice(number % Math.max(1, this.#held.length), 1);
    if (held !== undefined) this.#backend.free(held.handle);
  }

  async #compile(example: Example): Promise<void> {
    const executable = await this.#backend.compile(example.plan);
    this.#executables.push({ example, executable });
    // Its runs may be under way.
    if (this.#executables.length > 3) this.#executables.shift()!.executable.dispose();
  }
}

describe.each<[string, Workforce]>([
  ['one thread', { threads: { count: 1 }, kind: 'caller' }],
  ['two threads', { threads: { count: 2 }, kind: 'sharing workers' }],
  ['a worker with a memory of its own', separateWorker],
])('with %s', (_, workforce) => {
  it('what is asked for at once happens in that order', async () => {
    const backend = await WasmBackend.createWith(workforce, { worker });
    expect(backend.capabilities.threads.count).toBe(workforce.threads.count);
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 20, maxLength: 60 }), async (steps) => {
        const use = new Use(backend);
        await use.do(['compile', 0, 0, 0]);
        for (const each of steps) await use.do(each);
        await use.finish();
        expect(backend.memory()).toMatchObject({ buffers: 0, bytes: 0 });
      }),
      { seed: 4, numRuns: 40 },
    );
    backend.dispose();
  });
});
