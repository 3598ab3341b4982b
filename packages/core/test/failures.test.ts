import { beforeEach, describe, expect, it } from 'vitest';
import {
  compile,
  DisposedError,
  realize,
  setDefaultDevice,
  tensor,
  Variable,
  VariableStateError,
  type Device,
  type Tensor,
} from '../src/index.js';
import { interpreter, type InterpreterBackend } from './support/interpreter.js';

const kinds = [
  ['synchronous', {}],
  ['asynchronous', { synchronous: false }],
  ['with memory of its own', { synchronous: false, hostMemory: false }],
] as const;

describe.each(kinds)('runs that fail, on a device that is %s', (_, capabilities) => {
  let device: Device & { backend: InterpreterBackend };
  const broken = new Error('out of luck');

  beforeEach(() => {
    device = interpreter(capabilities);
    setDefaultDevice(device);
  });

  /** Fails the run numbered `run`, counted from now. */
  function failRun(run: number): void {
    let runs = 0;
    Object.defineProperty(device.backend, 'failure', {
      configurable: true,
      get: () => (++runs === run ? broken : undefined),
    });
  }

  it('take those behind them along that need what they would have written', async () => {
    const w = new Variable([1], { name: 'w' });
    const step = compile(() => {
      w.assign(w.value.mul(2));
      return w.value;
    });
    await step();
    failRun(2);
    const runs = [step(), step(), step()];
    const read = w.data();
    const results = await Promise.allSettled([...runs, read]);
    expect(results.map(({ status }) => status)).toEqual([
      'fulfilled',
      'rejected',
      'rejected',
      'rejected',
    ]);
    const reasons = results.map((each): unknown =>
      each.status === 'rejected' ? each.reason : undefined,
    );
    expect(reasons[1]).toBe(broken);
    expect(reasons[2]).toBeInstanceOf(VariableStateError);
    expect(reasons[2]).toMatchObject({ cause: broken, code: 'VARIABLE_STATE' });
    expect(reasons[3]).toBeInstanceOf(VariableStateError);
    expect(() => step()).toThrow(/w: the run that was writing this variable failed/);
    w.assign([10]);
    expect(await (await step()).toArray()).toEqual([20]);
  });

  it('leave others alone', async () => {
    const [w, v] = [new Variable([1]), new Variable([1])];
    const double = (x: Variable): (() => Promise<void>) => compile(() => x.assign(x.value.mul(2)));
    const [stepW, stepV] = [double(w), double(v)];
    await Promise.all([stepW(), stepV()]);
    failRun(1);
    const results = await Promise.allSettled([stepW(), stepV(), stepV()]);
    expect(results.map(({ status }) => status)).toEqual(['rejected', 'fulfilled', 'fulfilled']);
    expect([...(await v.data())]).toEqual([8]);
  });

  it('of an escaped version leave that version readable', async () => {
    const w = new Variable([3]);
    await w.data();
    const before = w.value;
    const step = compile(() => w.assign(w.value.mul(2)));
    failRun(1); // the copy
    await expect(step()).rejects.toThrow(VariableStateError);
    expect(await before.toArray()).toEqual([3]);
    await expect(w.data()).rejects.toThrow(VariableStateError);
    w.assign(before);
    expect([...(await w.data())]).toEqual([3]);
  });

  it('of a pending assignment are told to whoever reads the variable', async () => {
    const w = new Variable([1], { name: 'w' });
    await w.data();
    w.assign(w.value.add(1));
    failRun(1);
    await expect(tensor([1]).add(1).data()).rejects.toBe(broken);
    await expect(w.data()).rejects.toThrow(VariableStateError);
    expect(() => w.value).toThrow(VariableStateError);
    w.assign([7]);
    expect([...(await w.data())]).toEqual([7]);
  });

  it('of an argument fail the program that was given it', async () => {
    const w = new Variable([1]);
    await w.data();
    const step = compile((x: Tensor) => w.assign(w.value.add(x)));
    await step([0]);
    failRun(1);
    const lazy = tensor([1]).mul(2);
    await expect(step(lazy)).rejects.toBe(broken);
    await expect(w.data()).rejects.toMatchObject({ code: 'VARIABLE_STATE', cause: broken });
    expect(await lazy.toArray()).toEqual([2]);
  });

  it('reach everybody who waits for the same tensor', async () => {
    const x = tensor([1]).add(1);
    failRun(1);
    const results = await Promise.allSettled([realize(x), realize(x), x.data(), x.add(1).data()]);
    expect(results.map((each): unknown => each.status === 'rejected' && each.reason)).toEqual([
      broken,
      broken,
      broken,
      broken,
    ]);
    expect(await x.toArray()).toEqual([2]);
  });

  it('during compilation are like any other', async () => {
    const compileNormally = device.backend.compile.bind(device.backend);
    const compileSync = device.backend.compileSync.bind(device.backend);
    device.backend.compile = async () => Promise.reject(broken);
    device.backend.compileSync = () => {
      throw broken;
    };
    const fn = compile((x: Tensor) => x.add(1));
    await expect(fn([1])).rejects.toBe(broken);
    device.backend.compile = compileNormally;
    device.backend.compileSync = compileSync;
    expect(await (await fn([1])).toArray()).toEqual([2]);
  });

  it('for want of memory give back what they had', async () => {
    const fn = compile((x: Tensor) => [x.add(1), x.sum()]);
    await fn([1, 2]);
    const { buffers } = device.memory();
    const allocate = device.backend.allocate.bind(device.backend);
    let left = 2;
    device.backend.allocate = (byteLength) => {
      if (left-- === 0) throw broken;
      return allocate(byteLength);
    };
    await expect(fn([1, 2])).rejects.toBe(broken);
    expect(device.memory().buffers).toBe(buffers);
  });
});

describe('realize', () => {
  it.each(kinds)(
    'resolves when values have arrived, whoever asked first: %s',
    async (_, options) => {
      const device = interpreter(options);
      setDefaultDevice(device);
      const x = tensor([1, 2]).add(1);
      void realize(x);
      await realize(x);
      const { storage } = x.node;
      expect(storage!.host ?? storage!.buffer).toBeDefined();
      const w = new Variable([1]);
      const step = compile(() => w.assign(w.value.add(1)));
      void step();
      await realize(w);
      expect(device.backend.ran.length).toBeGreaterThanOrEqual(2);
      expect([...(await w.data())]).toEqual([2]);
    },
  );

  it('computes pending assignments, also when there is nothing else to do', async () => {
    const device = interpreter();
    setDefaultDevice(device);
    const w = new Variable([1]);
    const x = tensor([1]).add(1);
    await realize(w, x);
    w.assign(w.value.add(1));
    await realize(x);
    expect(device.unflushed.size).toBe(0);
    await realize();
  });
});

describe('dispose', () => {
  beforeEach(() => setDefaultDevice(interpreter()));

  it('of a variable: reads from before name it', async () => {
    const w = new Variable([1], { name: 'weight' });
    const step = compile(() => w.assign(w.value.add(1)));
    await step();
    const lazy = w.value.add(1);
    w.dispose();
    w.dispose();
    await expect(lazy.data()).rejects.toThrow(/weight.*used after dispose/);
    await expect(w.data()).rejects.toThrow(DisposedError);
    expect(() => step()).toThrow(/weight.*used after dispose/);
  });

  it('of a variable that nobody has computed', async () => {
    const w = new Variable(tensor([1]).add(1), { name: 'weight' });
    const [lazy, step] = [w.value.add(1), compile(() => w.assign(w.value.add(1)))];
    w.dispose();
    await expect(lazy.data()).rejects.toThrow(/weight.*used after dispose/);
    expect(() => step()).toThrow(DisposedError);
  });

  it('of a variable waits for the runs that still use it', async () => {
    const device = interpreter({ synchronous: false });
    const w = new Variable([1]);
    const step = compile(() => (w.assign(w.value.add(1)), w.value), { device });
    const results = [step(), step()];
    w.dispose();
    expect(await (await results[1]!).toArray()).toEqual([3]);
    await device.synchronize();
    expect(device.memory().buffers).toBe(0);
  });

  it('of a tensor whose values are on their way', async () => {
    const device = interpreter({ synchronous: false, hostMemory: false });
    setDefaultDevice(device);
    const x = tensor([1]).add(1);
    const arriving = realize(x);
    x.dispose();
    await expect(arriving).rejects.toThrow(DisposedError);
    await device.synchronize();
    expect(device.memory().buffers).toBe(0);
    expect(() => x.add(1)).toThrow(DisposedError);
    expect(() => x.node).toThrow(/float32 tensor of shape \[1\]/);
  });

  it('using', async () => {
    const device = interpreter({ hostMemory: false });
    setDefaultDevice(device);
    {
      using w = new Variable([1]);
      using x = w.value.add(1);
      expect(await x.toArray()).toEqual([2]);
      expect(device.memory().buffers).toBe(2);
    }
    await device.synchronize();
    expect(device.memory().buffers).toBe(0);
  });
});
