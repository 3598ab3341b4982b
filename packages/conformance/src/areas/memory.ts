import { grad } from '@gradus/autograd';
import {
  compile,
  tensor,
  Variable,
  type Device,
  type MemoryReport,
  type Tensor,
} from '@gradus/core';
import { check, checkEqual } from '../assertions.js';
import type { BackendTests } from '../suite.js';

const warmUp = 20;
const steps = 200;
const rows = 16;
const columns = 8;

/** What happens to results: nothing where they are the host's, disposal where they stay. */
function letGo(device: Device, ...results: readonly Tensor[]): void {
  if (!device.capabilities.hostMemory) for (const each of results) each.dispose();
}

/** Runs a step until memory should not change any more, and fails if it does. */
async function staysFlat(device: Device, step: (count: number) => Promise<void>): Promise<void> {
  for (let count = 0; count < warmUp; count++) await step(count);
  await device.synchronize();
  const before = device.memory();
  for (let count = 0; count < steps; count++) await step(count);
  await device.synchronize();
  const after = device.memory();
  const text = (report: MemoryReport): string =>
    `${report.buffers} buffers of ${report.bytes} bytes and an arena of ${report.arenaBytes}`;
  const grew =
    after.buffers > before.buffers ||
    after.bytes > before.bytes ||
    after.arenaBytes > before.arenaBytes;
  check(!grew, `${steps} steps grew memory from ${text(before)} to ${text(after)}.`);
}

const batch = (count: number): Float32Array =>
  Float32Array.from({ length: rows * columns }, (_, index) => Math.sin(count + index));

/** Steps leave memory as they found it; what is disposed is given back. */
export function memory(tests: BackendTests): void {
  const test = (name: string, body: (device: Device) => Promise<void>): void => {
    tests.test(name, async () => {
      const device = await tests.createDevice();
      try {
        await body(device);
      } finally {
        device.dispose();
      }
    });
  };

  test(`${steps} training steps on fresh data`, async (device) => {
    const w = new Variable(tensor(batch(0)).reshape([columns, rows]), { name: 'w' });
    const step = compile(
      (x: Tensor) => {
        const y = x.matMul(w.value).tanh();
        const gradient = grad(y.square().mean(), w);
        w.assign(w.value.sub(gradient.mul(0.1)));
        return y;
      },
      { device },
    );
    await staysFlat(device, async (count) => {
      const result = await step({ data: batch(count), shape: [rows, columns] });
      letGo(device, result);
    });
  });

  test(`${steps} expressions of fresh data, without compile`, async (device) => {
    const w = await tensor(batch(0)).reshape([columns, rows]).to(device);
    await staysFlat(device, async (count) => {
      const x = tensor(batch(count), { shape: [rows, columns] });
      const y = x.matMul(w).relu();
      const total = y.sum(1).add(1);
      await total.data();
      letGo(device, total);
    });
  });

  test(`${steps} assignments from outside`, async (device) => {
    const w = new Variable(tensor(batch(0)), { name: 'w' });
    const double = compile(() => w.value.mul(2), { device });
    await staysFlat(device, async (count) => {
      w.assign(batch(count));
      letGo(device, await double());
    });
  });

  test('disposed variables and tensors give their memory back', async (device) => {
    const kept = new Variable(tensor(batch(1)), { name: 'kept' });
    const sum = compile((x: Tensor) => x.add(kept.value), { device });
    letGo(device, await sum(batch(2)));
    await device.synchronize();
    const before = device.memory();
    const more = new Variable(tensor(batch(3)), { name: 'more' });
    const product = compile(() => more.value.mul(2), { device });
    letGo(device, await product());
    const moved = await tensor(batch(4)).to(device);
    await device.synchronize();
    const during = device.memory();
    const bytes = 2 * rows * columns * Float32Array.BYTES_PER_ELEMENT;
    check(
      during.bytes - before.bytes >= bytes,
      `A variable and a tensor of ${bytes} bytes together raised memory from ${before.bytes} to ${during.bytes}.`,
    );
    more.dispose();
    moved.dispose();
    await device.synchronize();
    const after = device.memory();
    checkEqual('live bytes after disposal', after.bytes, before.bytes);
    checkEqual('live buffers after disposal', after.buffers, before.buffers);
    check(
      after.peakBytes >= during.bytes,
      `The peak is ${after.peakBytes} bytes, though ${during.bytes} were live.`,
    );
  });

  test('intermediates share one arena', async (device) => {
    const chain = compile(
      (x: Tensor) => {
        let y = x;
        for (let index = 0; index < 10; index++) y = y.matMul(y).tanh();
        return y;
      },
      { device },
    );
    const size = 8;
    letGo(device, await chain({ data: batch(0).slice(0, size * size), shape: [size, size] }));
    await device.synchronize();
    const bytes = size * size * Float32Array.BYTES_PER_ELEMENT;
    const { arenaBytes } = device.memory();
    check(arenaBytes > 0, 'A plan with intermediates has an arena of 0 bytes.');
    check(
      arenaBytes < 10 * bytes,
      `Ten products of ${bytes} bytes, two of which live at a time, take an arena of ${arenaBytes}.`,
    );
  });
}
