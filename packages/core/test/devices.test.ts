import { beforeEach, describe, expect, it } from 'vitest';
import {
  compile,
  Device,
  DeviceError,
  DeviceLostError,
  getDefaultDevice,
  memoryInfo,
  planOf,
  realize,
  setDefaultDevice,
  tensor,
  Variable,
  VariableStateError,
  type Tensor,
} from '../src/index.js';
import { interpreter, InterpreterBackend } from './support/interpreter.js';

type TestDevice = ReturnType<typeof interpreter>;
let home: TestDevice;
let other: TestDevice;

beforeEach(() => {
  home = interpreter();
  other = interpreter();
  setDefaultDevice(home);
});

/** A variable that lives on `device`. */
async function variableOn(device: Device, values: number[]): Promise<Variable> {
  const variable = new Variable(values);
  setDefaultDevice(device);
  await variable.data();
  setDefaultDevice(home);
  return variable;
}

describe('where things run', () => {
  it('on the default device, until a variable says otherwise', async () => {
    const w = await variableOn(other, [1, 2]);
    other.backend.ran.length = 0;
    home.backend.ran.length = 0;
    expect(await w.value.add(1).toArray()).toEqual([2, 3]);
    expect([...w.value.mul(3).dataSync()]).toEqual([3, 6]);
    expect([home.backend.ran.length, other.backend.ran.length]).toEqual([0, 2]);
    expect(await tensor([1]).add(1).toArray()).toEqual([2]);
    expect(home.backend.ran.length).toBe(1);
  });

  it('asynchronous devices deliver to whoever waits, also when they are not the default', async () => {
    const slow = interpreter({ synchronous: false });
    const w = await variableOn(slow, [1, 2]);
    const results = [w.value.add(1), w.value.add(2)];
    expect(await Promise.all(results.map((each) => each.toArray()))).toEqual([
      [2, 3],
      [3, 4],
    ]);
  });

  it('compile(fn, { device }) computes lazy arguments there too', async () => {
    const fn = compile((x: Tensor) => x.add(1), { device: other });
    expect(await (await fn(tensor([1]).mul(2))).toArray()).toEqual([3]);
    expect(home.backend.ran).toHaveLength(0);
  });

  it('compile needs no default device when it is given one', async () => {
    setDefaultDevice(undefined as never);
    const w = new Variable([1]);
    const step = compile((x: Tensor) => w.assign(w.value.add(x)), { device: other });
    await step(tensor([1]).mul(2));
    expect([...(await w.data())]).toEqual([3]);
    expect(w.device).toBe(other);
  });

  it('no device is an error that says what to do', async () => {
    setDefaultDevice(undefined as never);
    expect(() => getDefaultDevice()).toThrow(DeviceError);
    await expect(tensor([1]).add(1).data()).rejects.toThrow(/setDefaultDevice/);
    expect(await tensor([1]).toArray()).toEqual([1]);
  });

  it('a compiled function follows the default device while nothing binds it', async () => {
    const captured = tensor([1, 2]).mul(2);
    const fn = compile((x: Tensor) => x.add(captured));
    expect(await (await fn([1, 1])).toArray()).toEqual([3, 5]);
    await captured.data();
    setDefaultDevice(other);
    expect(await (await fn([1, 1])).toArray()).toEqual([3, 5]);
    expect(other.backend.ran.length).toBeGreaterThan(0);
    expect(fn.traces).toBe(1);
  });
});

describe('mixing devices throws before anything changes', () => {
  it('in an expression', async () => {
    const [a, b] = [await variableOn(home, [1]), await variableOn(other, [2])];
    await expect(realize(a.value.add(b))).rejects.toThrow(/mixes tensors.*to\(device\)/);
    expect([...(await a.data()), ...(await b.data())]).toEqual([1, 2]);
  });

  it('between a compiled function and its variables', async () => {
    const w = await variableOn(other, [1]);
    const step = compile(() => w.assign(w.value.add(1)), { device: home });
    expect(() => step()).toThrow(/mixes tensors/);
    w.assign([5]);
    expect(() => step()).toThrow(/mixes tensors/);
    expect([...(await w.data())]).toEqual([5]);
    expect(w.device).toBe(other);
  });

  it('between a compiled function and a lazy argument', async () => {
    const w = await variableOn(other, [1]);
    const state = new Variable([0]);
    const fn = compile((x: Tensor) => state.assign(state.value.add(x)), { device: home });
    expect(() => fn(w.value.mul(2))).toThrow(/mixes tensors/);
    await fn([1]);
    expect([...(await state.data())]).toEqual([1]);
  });

  it('between a compiled function and a captured read', async () => {
    const w = await variableOn(other, [1]);
    const read = w.value;
    const state = await variableOn(home, [0]);
    const fn = compile(() => state.assign(state.value.add(read)));
    expect(() => fn()).toThrow(/mixes tensors/);
    expect([...(await state.data())]).toEqual([0]);
  });

  it('in an assignment, which can be replaced', async () => {
    const [a, b] = [await variableOn(home, [1]), await variableOn(other, [2])];
    a.assign(b.value.add(1));
    await expect(a.data()).rejects.toThrow(/mixes tensors/);
    a.assign([7]);
    expect([...(await a.data())]).toEqual([7]);
  });

  it('for results that live in the memory of a device', async () => {
    const [gpu, second] = [interpreter({ hostMemory: false }), interpreter({ hostMemory: false })];
    const make = (device: Device): Promise<Tensor> => tensor([1]).to(device);
    const [x, y] = [await make(gpu), await make(second)];
    await expect(x.add(y).data()).rejects.toThrow(/mixes tensors/);
    expect(await x.add(await y.to(gpu)).toArray()).toEqual([2]);
  });

  it('results on the host belong to nobody', async () => {
    const x = tensor([1]).add(1);
    await x.data();
    const w = await variableOn(other, [1]);
    expect(await w.value.add(x).toArray()).toEqual([3]);
  });
});

describe('to(device)', () => {
  it('copies: the original stays where it is', async () => {
    const gpu = interpreter({ hostMemory: false, synchronous: false });
    const x = tensor([1, 2]).mul(2);
    const moved = await x.to(gpu);
    expect(memoryInfo(gpu).buffers).toBe(1);
    expect(await moved.add(1).toArray()).toEqual([3, 5]);
    expect(gpu.backend.ran).toHaveLength(1);
    const { buffers } = memoryInfo(gpu);
    moved.dispose();
    expect(memoryInfo(gpu).buffers).toBe(buffers - 1);
    expect(await x.toArray()).toEqual([2, 4]);
  });
});

describe('what a device cannot do', () => {
  it('compute with a dtype it lacks', async () => {
    const single = interpreter({ dtypes: ['float32', 'int32', 'uint32', 'uint8', 'bool'] });
    setDefaultDevice(single);
    const x = tensor([1, 2], { dtype: 'float64' });
    await expect(x.add(1).data()).rejects.toThrow(/float64.*float32, int32/);
    expect(() => planOf([x.add(1)])).toThrow(DeviceError);
    expect(
      await tensor(new Float64Array([1.5]), { dtype: 'float32' })
        .add(1)
        .toArray(),
    ).toEqual([2.5]);
  });

  it('be read synchronously', () => {
    setDefaultDevice(interpreter({ synchronous: false }));
    expect(() => tensor([1]).add(1).dataSync()).toThrow(/cannot be read synchronously.*data\(\)/);
    expect([...tensor([1]).dataSync()]).toEqual([1]);
  });
});

describe('a lost device', () => {
  const lost = new DeviceLostError('the plug was pulled');

  it.each([
    ['synchronous', {}],
    ['asynchronous', { synchronous: false }],
    ['with memory of its own', { synchronous: false, hostMemory: false }],
  ])('rejects what is pending and what comes later, %s', async (_, capabilities) => {
    const device = interpreter(capabilities);
    const w = new Variable([1]);
    const step = compile((x: Tensor) => w.assign(w.value.add(x)), { device });
    await step([1]);
    const pending = [step([1]), step([1]), w.data()];
    const settled = Promise.allSettled(pending);
    device.backend.lose(lost);
    for (const each of (await settled).slice(-1)) expect(each.status).toMatch(/fulfilled|rejected/);
    await expect(step([1])).rejects.toBe(lost);
    await expect(step([1])).rejects.toBe(lost);
    await expect(w.data()).rejects.toThrow();
    await expect(tensor([1]).to(device)).rejects.toBe(lost);
  });

  it('does not wait for a run that never ends', async () => {
    const device = interpreter({ synchronous: false });
    const fn = compile((x: Tensor) => x.add(1), { device });
    await fn([1]);
    device.backend.gate = new Promise(() => undefined);
    const stuck = [fn([1]), fn([2]), device.synchronize()];
    await new Promise((resolve) => setTimeout(resolve, 5));
    device.backend.lose(lost);
    const results = await Promise.allSettled(stuck);
    expect(results.map((each): unknown => each.status === 'rejected' && each.reason)).toEqual([
      lost,
      lost,
      lost,
    ]);
  });

  it('is left behind by assigning: variables bind again', async () => {
    const device = interpreter();
    const [w, b] = [await variableOn(device, [1]), await variableOn(device, [2])];
    const step = compile(() => {
      w.assign(w.value.add(b));
      return w.value;
    });
    await step();
    device.backend.lose(lost);
    await expect(step()).rejects.toBe(lost);
    w.assign([10]);
    b.assign([20]);
    expect(await (await step()).toArray()).toEqual([30]);
    expect(w.device).toBe(home);
  });

  it('rejects dataSync with the loss itself', async () => {
    const device = interpreter();
    setDefaultDevice(device);
    const x = tensor([1]).add(1);
    device.backend.lose(lost);
    await Promise.resolve();
    expect(() => x.dataSync()).toThrow(lost);
  });
});

it('a variable state is not lost to a run that could not be planned', async () => {
  const narrow = interpreter({ maximumBuffersPerKernel: 1 });
  const w = await variableOn(narrow, [1]);
  const step = compile((x: Tensor) => w.assign(w.value.add(x)));
  await expect(step([1])).rejects.toThrow(/buffers/);
  expect([...(await w.data())]).toEqual([1]);
  expect(() => w.value).not.toThrow(VariableStateError);
});

it('takes any backend', () => {
  const backend = new InterpreterBackend();
  const device = new Device(backend);
  expect(device.name).toBe('interpreter');
  expect(device.capabilities).toBe(backend.capabilities);
  expect(device.failure).toBeUndefined();
});
