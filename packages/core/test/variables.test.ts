import { beforeEach, describe, expect, it } from 'vitest';
import {
  compile,
  realize,
  setDefaultDevice,
  tensor,
  Variable,
  VariableStateError,
  type Device,
  type Tensor,
} from '../src/index.js';
import { interpreter, type InterpreterBackend } from './support/interpreter.js';

let device: Device & { backend: InterpreterBackend };

beforeEach(() => {
  device = interpreter();
  setDefaultDevice(device);
});

const valuesOf = async (variable: Variable): Promise<number[]> => [...(await variable.data())];

describe('versions', () => {
  it('a read captures the value that is current in program order', async () => {
    const w = new Variable([1, 2]);
    const before = w.value.mul(10);
    w.assign([3, 4]);
    const between = w.value.mul(10);
    w.assign(w.value.add(1));
    expect(await before.toArray()).toEqual([10, 20]);
    expect(await between.toArray()).toEqual([30, 40]);
    expect(await valuesOf(w)).toEqual([4, 5]);
  });

  it('an old value survives later commits, on the host or in its own buffer', async () => {
    const w = new Variable([1, 2]);
    await w.data();
    const old = w.value;
    for (let i = 0; i < 3; i++) {
      w.assign(w.value.add(1));
      await w.data();
    }
    expect(await old.toArray()).toEqual([1, 2]);
    expect(await valuesOf(w)).toEqual([4, 5]);
  });

  it('realising anything first computes the pending assignments, in program order', async () => {
    const [a, b] = [new Variable([1]), new Variable([10])];
    await realize(a, b);
    a.assign(a.value.add(b));
    b.assign(b.value.add(a));
    await tensor([0]).add(1).data();
    expect(device.unflushed.size).toBe(0);
    expect([await valuesOf(a), await valuesOf(b)]).toEqual([[11], [21]]);
  });

  it('a version nobody computed before it was superseded can still be read', async () => {
    const w = new Variable([1]);
    w.assign(w.value.mul(3));
    const middle = w.value;
    w.assign(w.value.mul(5));
    await w.data();
    expect(await middle.toArray()).toEqual([3]);
  });

  it('shapes and dtypes of assignments are checked at once', () => {
    const w = new Variable([1, 2], { name: 'weight' });
    expect(() => w.assign([1, 2, 3])).toThrow(/weight.*\[3\].*\[2\]/);
    expect(() => w.assign(tensor([1, 2], { dtype: 'int32' }))).toThrow(/weight.*int32.*float32/);
  });
});

describe('compiled updates', () => {
  it('happen in place: no new buffers, the same memory', async () => {
    const w = new Variable([1, 2]);
    const step = compile(() => w.assign(w.value.mul(2)));
    await step();
    const { buffers, bytes } = device.memory();
    for (let i = 0; i < 5; i++) await step();
    expect(device.memory()).toMatchObject({ buffers, bytes });
    expect(device.backend.ran.at(-1)!.buffers.some((each) => each.role === 'output')).toBe(false);
    expect(await valuesOf(w)).toEqual([64, 128]);
  });

  it('leave alone a version that was read outside', async () => {
    const w = new Variable([1, 2]);
    await w.data();
    const outside = w.value;
    const step = compile(() => w.assign(w.value.mul(2)));
    await step();
    await step();
    expect(await outside.toArray()).toEqual([1, 2]);
    expect(await valuesOf(w)).toEqual([4, 8]);
  });

  it('advance versions when the step is called, not when it is awaited', async () => {
    const w = new Variable([1]);
    const step = compile(() => w.assign(w.value.add(1)));
    const pending = [step(), step()];
    const seen = w.value;
    pending.push(step());
    await Promise.all(pending);
    expect(await seen.toArray()).toEqual([3]);
    expect(await valuesOf(w)).toEqual([4]);
  });

  it('results never alias variables or arguments', async () => {
    const w = new Variable([1, 2]);
    const step = compile((x: Tensor) => {
      const before = w.value;
      w.assign(x);
      return { before, after: w.value, x };
    });
    const x = tensor([5, 6]);
    const result = await step(x);
    result.x.dispose();
    result.after.dispose();
    expect(await x.toArray()).toEqual([5, 6]);
    expect(await result.before.toArray()).toEqual([1, 2]);
    expect(await valuesOf(w)).toEqual([5, 6]);
  });

  it.each([
    [
      'swap',
      (a: Variable, b: Variable) => {
        const old = a.value;
        a.assign(b.value);
        b.assign(old);
      },
      [
        [3, 4],
        [1, 2],
      ],
    ],
    [
      'swap with arithmetic',
      (a: Variable, b: Variable) => {
        const old = a.value;
        a.assign(b.value.add(1));
        b.assign(old.add(1));
      },
      [
        [4, 5],
        [2, 3],
      ],
    ],
    [
      'an update that reads another update',
      (a: Variable, b: Variable) => {
        a.assign(a.value.add(1));
        b.assign(b.value.add(a));
      },
      [
        [2, 3],
        [5, 7],
      ],
    ],
    [
      'an update that reads elsewhere than it writes',
      (a: Variable) => {
        a.assign(a.value.flip());
      },
      [
        [2, 1],
        [3, 4],
      ],
    ],
    [
      'one value for two variables',
      (a: Variable, b: Variable) => {
        const sum = a.value.add(b);
        a.assign(sum);
        b.assign(sum);
      },
      [
        [4, 6],
        [4, 6],
      ],
    ],
    [
      'assigned twice',
      (a: Variable) => {
        a.assign(a.value.mul(2));
        a.assign(a.value.add(1));
      },
      [
        [3, 5],
        [3, 4],
      ],
    ],
    [
      'assigned itself',
      (a: Variable, b: Variable) => {
        a.assign(a.value);
        b.assign(a.value);
      },
      [
        [1, 2],
        [1, 2],
      ],
    ],
    [
      'assigned without being read',
      (a: Variable) => {
        a.assign([7, 8]);
      },
      [
        [7, 8],
        [3, 4],
      ],
    ],
  ])('%s', async (_, update, [a, b]) => {
    const [first, second] = [new Variable([1, 2]), new Variable([3, 4])];
    await compile(() => update(first, second))();
    expect(await valuesOf(first)).toEqual(a);
    expect(await valuesOf(second)).toEqual(b);
  });

  it('a matrix multiplied into itself, while the old one is returned', async () => {
    const w = new Variable([
      [1, 1],
      [0, 1],
    ]);
    const step = compile(() => {
      const old = w.value;
      w.assign(old.matMul(old));
      return old.sum();
    });
    expect(await (await step()).item()).toBe(3);
    expect(await (await step()).item()).toBe(4);
    expect(await valuesOf(w)).toEqual([1, 4, 0, 1]);
  });
});

describe('failed runs', () => {
  it('leave the variables they were writing unknown until those are assigned', async () => {
    const [w, other] = [new Variable([1], { name: 'w' }), new Variable([2])];
    await realize(w, other);
    const step = compile(() => w.assign(w.value.add(1)));
    await step();
    device.backend.failure = new Error('out of luck');
    await expect(step()).rejects.toThrow('out of luck');
    device.backend.failure = undefined;
    expect(() => w.value).toThrow(VariableStateError);
    expect(() => w.value).toThrow(/w: the run that was writing/);
    await expect(w.data()).rejects.toThrow(VariableStateError);
    await expect((async () => step())()).rejects.toThrow(VariableStateError);
    expect(await valuesOf(other)).toEqual([2]);
    w.assign([5]);
    await step();
    expect(await valuesOf(w)).toEqual([6]);
  });

  it('of a tensor can be tried again', async () => {
    const x = tensor([1]).add(1);
    device.backend.failure = new Error('out of luck');
    await expect(x.data()).rejects.toThrow('out of luck');
    device.backend.failure = undefined;
    expect(await x.toArray()).toEqual([2]);
  });

  it('reach dataSync too', () => {
    const x = tensor([1]).add(1);
    device.backend.failure = new Error('out of luck');
    expect(() => x.dataSync()).toThrow('out of luck');
    device.backend.failure = undefined;
    expect([...x.dataSync()]).toEqual([2]);
  });
});

describe('devices', () => {
  it('a variable lives where it was first realised; mixing devices throws', async () => {
    const other = interpreter();
    const [a, b] = [new Variable([1]), new Variable([2])];
    await a.data();
    setDefaultDevice(other);
    await b.data();
    await expect(a.value.add(b).data()).rejects.toThrow(/mixes tensors.*to\(device\)/);
    expect(await a.value.add(1).toArray()).toEqual([2]);
    const moved = await a.value.to(other);
    expect(await moved.add(b).toArray()).toEqual([3]);
  });

  it('dispose frees the memory and names the variable afterwards', async () => {
    const w = new Variable([1, 2], { name: 'weight' });
    await w.data();
    w.dispose();
    await device.synchronize();
    expect(device.memory().buffers).toBe(0);
    expect(() => w.value).toThrow(/weight.*dispose/);
    expect(() => w.assign([1, 2])).toThrow(/weight.*dispose/);
  });

  it('a disposed tensor is a clear error, also in what depends on it', async () => {
    const x = tensor([1, 2]);
    const y = x.add(1);
    x.dispose();
    expect(() => x.mul(2)).toThrow(/float32 tensor of shape \[2\] is used after dispose/);
    await expect(y.data()).rejects.toThrow(/disposed/);
    {
      using inner = tensor([1]);
      expect(await inner.item()).toBe(1);
    }
  });
});
