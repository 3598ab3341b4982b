import { compile, realize, tensor, Variable, type Tensor } from '@gradus/core';
import { checkEqual, checkRejects } from '../assertions.js';
import type { BackendTests } from '../suite.js';

/** Disposal, devices that meet, synchronous reads: errors with codes, never wrong numbers. */
export function lifetime(tests: BackendTests): void {
  tests.test('a disposed tensor', async () => {
    const x = tensor([1, 2]).mul(2);
    await realize(x);
    const later = x.add(1);
    x.dispose();
    await checkRejects('data() after dispose()', 'DISPOSED', () => x.data());
    await checkRejects('an operation after dispose()', 'DISPOSED', () => x.add(1));
    await checkRejects('an expression of a disposed tensor', 'DISPOSED', () => later.data());
    x.dispose();
  });
  tests.test('a disposed variable', async () => {
    const w = new Variable([1, 2], { name: 'w' });
    const step = compile(() => w.assign(w.value.add(1)), { device: tests.device });
    await step();
    w.dispose();
    await checkRejects('a read', 'DISPOSED', () => w.value);
    await checkRejects('data()', 'DISPOSED', () => w.data());
    await checkRejects('assign()', 'DISPOSED', () => w.assign([0, 0]));
    w.dispose();
  });
  tests.test('a disposed device', async () => {
    const device = await tests.createDevice();
    const double = compile((x: Tensor) => x.mul(2), { device });
    await double([1, 2]);
    device.dispose();
    device.dispose();
    await checkRejects('a program', 'DEVICE', () => double([3, 4]));
    await checkRejects('synchronize()', 'DEVICE', () => device.synchronize());
  });
  tests.test('devices do not mix, and tensors move between them', async () => {
    const other = await tests.createDevice();
    const here = await tensor([1, 2]).to(tests.device);
    const there = await tensor([10, 20]).to(other);
    await checkRejects('a sum over two devices', 'DEVICE', () => here.add(there).data());
    const moved = await there.to(tests.device);
    checkEqual('the sum after moving', [...(await here.add(moved).data())].join(), '11,22');
    other.dispose();
    checkEqual('what was moved outlives its device', [...(await moved.data())].join(), '10,20');
  });
  tests.test(
    'values read synchronously',
    () => {
      const x = tensor([1, 2, 3]);
      checkEqual('an expression', [...x.mul(2).dataSync()].join(), '2,4,6');
      checkEqual('another one', [...x.sum().dataSync()].join(), '6');
    },
    { synchronous: true },
  );
  tests.test(
    'values cannot be read synchronously',
    () => checkRejects('dataSync()', 'DEVICE', () => tensor([1]).add(1).dataSync()),
    { synchronous: false },
  );
}
