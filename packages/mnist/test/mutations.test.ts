import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import {
  IdxError,
  InflateError,
  MnistDataError,
  decodeMnist,
  inflate,
  readIdx,
  writeIdx,
} from '@gradus/mnist';
import type { ForEachFile, IdxArray } from '@gradus/mnist';
import { expectBytes, gzip, smallFiles, smallSpecifications } from './support.js';

/** One way to damage a file. Positions are shares of its length, to suit files of any length. */
type Damage = (bytes: Uint8Array) => Uint8Array;

const share = fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true });

const damages: fc.Arbitrary<Damage> = fc.oneof(
  share.map((at) => (bytes: Uint8Array) => bytes.slice(0, at * bytes.length)),
  share.map((at) => (bytes: Uint8Array) => bytes.slice(at * bytes.length)),
  fc.tuple(share, fc.nat(7)).map(([at, bit]) => (bytes: Uint8Array) => {
    return replace(bytes, at * bytes.length, (byte) => byte ^ (1 << bit));
  }),
  fc.tuple(fc.nat(15), fc.nat(255)).map(([at, value]) => (bytes: Uint8Array) => {
    return replace(bytes, at, () => value);
  }),
  fc.uint8Array({ minLength: 1, maxLength: 40 }).map((tail) => (bytes: Uint8Array) => {
    return Uint8Array.from([...bytes, ...tail]);
  }),
  fc.tuple(share, share).map(([from, to]) => (bytes: Uint8Array) => {
    return Uint8Array.from([
      ...bytes.slice(0, from * bytes.length),
      ...bytes.slice(to * bytes.length),
    ]);
  }),
);

/** A lie of the header about one dimension, the largest values among them. */
const lies: fc.Arbitrary<Damage> = fc
  .tuple(
    fc.nat(3),
    fc.oneof(fc.constantFrom(0, 0xffff_ffff, 0x8000_0000, 0x1000_0000), fc.nat(0xffff_ffff)),
  )
  .map(([axis, dimension]) => (bytes) => {
    const copy = bytes.slice();
    if (copy.length >= 8 + 4 * axis) new DataView(copy.buffer).setUint32(4 + 4 * axis, dimension);
    return copy;
  });

function replace(bytes: Uint8Array, at: number, change: (byte: number) => number): Uint8Array {
  const index = Math.min(Math.floor(at), bytes.length - 1);
  return bytes.map((byte, each) => (each === index ? change(byte) : byte));
}

const validArrays: IdxArray[] = [
  { dtype: 'uint8', shape: [3, 4, 5], data: new Uint8Array(60).map((_, index) => index) },
  { dtype: 'int16', shape: [6], data: Int16Array.of(1, -1, 256, -256, 0, 32_767) },
  { dtype: 'float64', shape: [2, 1, 1, 2], data: Float64Array.of(0, -0, Infinity, 1e-300) },
  { dtype: 'int8', shape: [], data: Int8Array.of(-5) },
];

describe('damaged files', () => {
  let allocated: number[];

  // Every array of a chosen length that the package makes is a Uint8Array.
  beforeEach(() => {
    allocated = [];
    vi.stubGlobal(
      'Uint8Array',
      new Proxy(Uint8Array, {
        construct(target, parameters, newTarget) {
          const [first] = parameters as unknown[];
          if (typeof first === 'number') allocated.push(first);
          return Reflect.construct(target, parameters, newTarget) as Uint8Array;
        },
      }),
    );
  });
  afterEach(() => void vi.unstubAllGlobals());

  function expectAllocationsUpTo(bound: number): void {
    expect(Math.max(0, ...allocated)).toBeLessThanOrEqual(bound);
  }

  it('are read for exactly what they say, or refused with an IdxError', () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...validArrays.map(writeIdx)),
        fc.array(fc.oneof(damages, lies), { minLength: 1, maxLength: 3 }),
        (valid, changes) => {
          const bytes = changes.reduce<Uint8Array>((damaged, change) => change(damaged), valid);
          allocated = [];
          const outcome = attempt(() => readIdx(bytes));
          expectAllocationsUpTo(bytes.length);
          if (outcome instanceof Error) expect(outcome).toBeInstanceOf(IdxError);
          else expectBytes(writeIdx(outcome), bytes);
        },
      ),
      { numRuns: 3000 },
    );
  });

  it('inflate to their true content, or are refused with an InflateError', async () => {
    const content = smallFiles.testImages;
    const maximumBytes = content.length + 100;
    await fc.assert(
      fc.asyncProperty(
        fc
          .array(damages, { minLength: 1, maxLength: 3 })
          .map((changes) =>
            changes.reduce<Uint8Array>((damaged, change) => change(damaged), gzip(content)),
          ),
        async (bytes) => {
          allocated = [];
          const outcome = await attemptAsync(inflate(bytes, { maximumBytes }));
          expectAllocationsUpTo(maximumBytes);
          const isGzip = bytes[0] === 0x1f && bytes[1] === 0x8b;
          if (outcome instanceof Error) expect(outcome).toBeInstanceOf(InflateError);
          else expectBytes(outcome, isGzip ? content : bytes);
        },
      ),
      { numRuns: 1000 },
    );
  });

  it('never become digits other than those they hold, compressed or not', async () => {
    const roles = Object.keys(smallFiles) as (keyof typeof smallFiles)[];
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom(...roles),
        fc.array(fc.oneof(damages, lies), { minLength: 1, maxLength: 2 }),
        fc.constantFrom(
          (bytes: Uint8Array, damage: Damage) => damage(bytes),
          (bytes: Uint8Array, damage: Damage) => damage(gzip(bytes)),
          (bytes: Uint8Array, damage: Damage) => gzip(damage(bytes)),
        ),
        async (role, changes, pack) => {
          const damage: Damage = (bytes) => changes.reduce((each, change) => change(each), bytes);
          const packed = pack(smallFiles[role], damage);
          const files = { ...smallFiles, [role]: packed };
          allocated = [];
          const outcome = await attemptAsync(decodeMnist(named(files)));
          expectAllocationsUpTo(100_000);
          if (outcome instanceof Error) return expectKnownError(outcome);
          expect(outcome.canonical).toBe(false);
          expect(outcome.train.length).toBe(8);
          expect(outcome.test.length).toBe(4);
          for (const { labels } of [...outcome.train.batches(8), ...outcome.test.batches(4)]) {
            expect(labels.data.every((label) => label >= 0 && label <= 9)).toBe(true);
          }
        },
      ),
      { numRuns: 1000 },
    );
  });
});

function named(files: ForEachFile<Uint8Array>) {
  const name = (role: keyof typeof files) => smallSpecifications[role].name;
  return {
    trainImages: { name: name('trainImages'), bytes: files.trainImages },
    trainLabels: { name: name('trainLabels'), bytes: files.trainLabels },
    testImages: { name: name('testImages'), bytes: files.testImages },
    testLabels: { name: name('testLabels'), bytes: files.testLabels },
  };
}

function expectKnownError(error: Error): void {
  const known = [IdxError, InflateError, MnistDataError];
  expect(
    known.some((type) => error instanceof type),
    String(error),
  ).toBe(true);
  expect(error.message).toMatch(/idx[13]-ubyte/);
}

function attempt<Value>(run: () => Value): Value | Error {
  try {
    return run();
  } catch (error) {
    if (error instanceof Error) return error;
    throw error;
  }
}

async function attemptAsync<Value>(promise: Promise<Value>): Promise<Value | Error> {
  return promise.catch((error: unknown) => {
    if (error instanceof Error) return error;
    throw error;
  });
}
