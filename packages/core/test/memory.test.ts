import { describe, expect, it } from 'vitest';
import {
  compile,
  memoryInfo,
  ones,
  realize,
  setDefaultDevice,
  tensor,
  Variable,
  type Tensor,
} from '../src/index.js';
import { interpreter } from './support/interpreter.js';

describe('memory stays flat with no help from the user', () => {
  it('over 10,000 compiled steps with results that are not scalars', async () => {
    const device = interpreter();
    const w = new Variable(ones([16]));
    const step = compile(
      (x: Tensor) => {
        w.assign(w.value.mul(0.99).add(x));
        return w.value.mul(2);
      },
      { device },
    );
    const results: Tensor[] = [];
    await step(new Float32Array(16));
    const before = memoryInfo(device);
    for (let i = 0; i < 10_000; i++) {
      const result = await step(new Float32Array(16).fill(i));
      if (i % 1000 === 0) results.push(result);
    }
    expect(memoryInfo(device)).toMatchObject({ buffers: before.buffers, bytes: before.bytes });
    expect(memoryInfo(device).buffers).toBe(1);
    expect((await results[0]!.data())[0]).toBeCloseTo(1.98 * 0.99, 4);
  });

  it('over 3,000 steps without compile, whose losses are kept', async () => {
    const device = interpreter();
    setDefaultDevice(device);
    const w = new Variable(ones([8]));
    const losses: Tensor[] = [];
    for (let i = 0; i < 3_000; i++) {
      const loss = w.value.mul(tensor(new Float32Array(8).fill(i))).sum();
      w.assign(w.value.sub(0.001));
      losses.push(loss);
      await loss.data();
    }
    expect(memoryInfo(device).buffers).toBe(1);
    const remembering = losses.filter(({ node }) => node.inputs.length > 0);
    expect(remembering.length).toBeLessThanOrEqual(64);
  });

  it('where results stay on the device, the collector takes them', async () => {
    const device = interpreter({ hostMemory: false, synchronous: false });
    device.backend.idle = true;
    const step = compile((x: Tensor) => x.add(1), { device });
    const elements = 2 ** 14;
    let most = 0;
    for (let i = 0; i < 2_000; i++) {
      await step(new Float32Array(elements));
      most = Math.max(most, memoryInfo(device).bytes);
    }
    // Unfreed, 2,000 results of 64 KiB would be 125 MiB.
    expect(most).toBeLessThan(100 * 2 ** 20);
  });

  it('data used once is not kept on the device, data used again is, and goes with dispose', async () => {
    const device = interpreter();
    setDefaultDevice(device);
    const x = tensor([1, 2]);
    await x.add(1).data();
    expect(memoryInfo().buffers).toBe(0);
    await x.add(2).data();
    expect(memoryInfo().buffers).toBe(1);
    x.dispose();
    expect(memoryInfo().buffers).toBe(0);
  });

  it('a failed run leaves nothing behind', async () => {
    const device = interpreter();
    const step = compile((x: Tensor) => x.add(1), { device });
    device.backend.failure = new Error('no');
    for (let i = 0; i < 10; i++) await expect(step([1, 2])).rejects.toThrow('no');
    expect(memoryInfo(device).buffers).toBe(0);
  });
});

it('timers fire during a tight training loop', async () => {
  const device = interpreter();
  const step = compile((x: Tensor) => x.mul(2).sum(), { device });
  const x = new Float32Array(64);
  let ticks = 0;
  const timer = setInterval(() => ticks++, 1);
  const end = performance.now() + 200;
  while (performance.now() < end) await step(x);
  clearInterval(timer);
  expect(ticks).toBeGreaterThan(2);
});

it('realize computes several tensors in one run', async () => {
  const device = interpreter();
  setDefaultDevice(device);
  const x = tensor([1, 2, 3]);
  const [a, b] = [x.exp(), x.exp().sum()];
  await realize(a, b);
  expect(device.backend.ran).toHaveLength(1);
  expect(await b.item()).toBeCloseTo(Math.E + Math.E ** 2 + Math.E ** 3, 4);
});
