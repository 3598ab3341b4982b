import { randomBits as hostBits, randomKey, type RandomKey } from '@gradus/random';
import { beforeEach, describe, expect, it } from 'vitest';
import {
  compile,
  randomBernoulli,
  randomBits,
  setDefaultDevice,
  tensor,
  Variable,
  type Device,
  type Tensor,
} from '../src/index.js';
import { interpreter, type InterpreterBackend } from './support/interpreter.js';

let device: Device & { backend: InterpreterBackend };

beforeEach(() => {
  device = interpreter();
  setDefaultDevice(device);
});

describe('a plan as it was compiled', () => {
  it('is compiled once, with its runs', async () => {
    const double = compile((x: Tensor) => x.mul(2));
    const { plan, source, profile } = await double.compiled([1, 2]);
    expect(plan).toBe(double.plan([3, 4]));
    expect([source, profile]).toEqual([[], undefined]);
    await double([1, 2]);
    expect(device.backend.compiled).toBe(1);
  });

  it('has the names of the kernels beside what the backend says of them', async () => {
    const time = { calls: 1, milliseconds: 2, waitMilliseconds: 1 };
    const { backend } = device;
    const compileAnyhow = backend.compileSync.bind(backend);
    backend.compileSync = (plan) =>
      Object.assign(compileAnyhow(plan), { source: () => ['code'], profile: () => [time] });
    const compiled = await compile((x: Tensor) => x.mul(2)).compiled([1, 2]);
    expect(compiled.source).toEqual(['code']);
    expect(compiled.profile).toEqual([{ name: 'mul', kind: 'map', ...time }]);
  });
});

describe('signatures', () => {
  it('one trace for each, whatever form the arguments have', async () => {
    const double = compile((x: Tensor) => x.mul(2));
    expect(await (await double([1, 2])).toArray()).toEqual([2, 4]);
    await double(new Float32Array([1, 2]));
    await double(tensor([1, 2]).add(1));
    await double({ data: new Float32Array(2), shape: [2] });
    expect(double.traces).toBe(1);
    await double([1, 2, 3]);
    await double(tensor([1, 2], { dtype: 'float64' }));
    expect(double.traces).toBe(3);
  });

  it('numbers are run-time scalars, strings and booleans belong to the signature', async () => {
    const scaled = compile((x: Tensor, factor: Tensor, mode: string, negative: boolean) => {
      const y = mode === 'square' ? x.square().mul(factor) : x.mul(factor);
      return negative ? y.neg() : y;
    });
    expect(await (await scaled([3], 2, 'square', false)).toArray()).toEqual([18]);
    expect(await (await scaled([3], 5, 'square', false)).toArray()).toEqual([45]);
    expect(scaled.traces).toBe(1);
    expect(await (await scaled([3], 5, 'plain', true)).toArray()).toEqual([-15]);
    expect(scaled.traces).toBe(2);
    expect(device.backend.compiled).toBe(2);
  });

  it('records and lists go in and come out', async () => {
    const fn = compile(({ pair, scale }: { pair: [Tensor, Tensor]; scale: Tensor }) => ({
      sum: pair[0].add(pair[1]).mul(scale),
      list: [pair[0], 'text', null] as const,
    }));
    const { sum, list } = await fn({ pair: [tensor([1]), tensor([2])], scale: 10 });
    expect(await sum.toArray()).toEqual([30]);
    expect(await list[0].toArray()).toEqual([1]);
    expect(list.slice(1)).toEqual(['text', null]);
  });

  it('classes and functions are refused, naming the argument', () => {
    const fn = compile((x: { a: Tensor }) => x.a);
    expect(() => fn({ a: new Map() as never })).toThrow(/argument 1\.a is a Map/);
    expect(() => fn((() => 1) as never)).toThrow(/argument 1 is a function/);
  });
});

describe('random keys', () => {
  it('are arguments; their bits are those of the host', async () => {
    const draw = compile((key: RandomKey) => randomBits(key, [3, 5]));
    for (const seed of [0, 7, 2 ** 40 + 3]) {
      const key = randomKey(seed);
      expect(await (await draw(key)).data()).toEqual(hostBits(key, 15));
    }
    expect(draw.traces).toBe(1);
  });

  it('fold inside as they do outside', async () => {
    const draw = compile((key: RandomKey) => randomBits(key.fold(3).split(2)[1]!, [4]));
    const key = randomKey(5);
    expect(await (await draw(key)).data()).toEqual(hostBits(key.fold(3).fold(1), 4));
    expect(await randomBits(key, [4]).data()).toEqual(hostBits(key, 4));
  });

  it('cannot be captured', () => {
    const key = randomKey(1);
    expect(() => compile(() => randomBits(key, [2]))()).toThrow(/captured.*argument/s);
  });

  it('probabilities are checked', () => {
    expect(() => randomBernoulli(randomKey(1), [1], 1.5)).toThrow(/\[0, 1\], got 1.5/);
  });
});

describe('what a trace forbids', () => {
  it('reading values', () => {
    const fn = compile((x: Tensor) => {
      x.dataSync();
      return x;
    });
    expect(() => fn([1])).toThrow(/while it is traced there are no values/);
  });

  it('async functions', () => {
    const fn = compile(async (x: Tensor) => Promise.resolve(x));
    expect(() => fn([1])).toThrow(/the function is async/);
  });

  it('keeping a traced tensor', async () => {
    let leaked: Tensor | undefined;
    await compile((x: Tensor) => (leaked = x.add(1)).sum())([1]);
    await expect(leaked!.data()).rejects.toThrow(/argument 1.*used outside/);
  });

  it('calling another compiled function', () => {
    const inner = compile((x: Tensor) => x);
    const outer = compile((x: Tensor) => {
      void inner(x);
      return x;
    });
    expect(() => outer([1])).toThrow(/call the plain function there/);
  });
});

describe('state', () => {
  it('variables made while tracing are made once and survive retraces', async () => {
    const made: Variable[] = [];
    const count = compile((x: Tensor) => {
      const total = new Variable(0, { name: 'total' });
      made.push(total);
      total.assign(total.value.add(x.sum()));
      return total.value;
    });
    expect(await (await count([1, 2])).item()).toBe(3);
    expect(await (await count([1, 2])).item()).toBe(6);
    expect(await (await count([1, 2, 3])).item()).toBe(12);
    expect(made).toHaveLength(2);
    expect(made[0]).toBe(made[1]);
  });

  it('captured tensors are inputs', async () => {
    const table = tensor([1, 2, 3]);
    const fn = compile((x: Tensor) => x.add(table).add(table.square()));
    expect(await (await fn([1, 1, 1])).toArray()).toEqual([3, 7, 13]);
  });

  it('assignments made outside are seen inside', async () => {
    const w = new Variable([1]);
    const fn = compile(() => w.value.mul(10));
    await fn();
    w.assign([2]);
    expect(await (await fn()).toArray()).toEqual([20]);
  });
});

describe.each([
  ['synchronous', {}],
  ['asynchronous', { synchronous: false }],
  ['results on the device', { synchronous: false, hostMemory: false }],
])('order of runs, %s', (_, capabilities) => {
  it('is first in, first out, awaited or not', async () => {
    const own = interpreter(capabilities);
    const w = new Variable([0]);
    const append = compile(
      (digit: Tensor) => {
        w.assign(w.value.mul(10).add(digit));
        return w.value;
      },
      { device: own },
    );
    const results = [1, 2, 3].map((digit) => append(digit));
    const last = await results[2]!;
    expect(await last.toArray()).toEqual([123]);
    expect(await (await results[0]!).toArray()).toEqual([1]);
    await append((await results[1]!).sum().sub(8));
    expect([...(await w.data())]).toEqual([1234]);
  });

  it('a lost device rejects what waits and whatever comes', async () => {
    const own = interpreter(capabilities);
    const fn = compile((x: Tensor) => x.add(1), { device: own });
    await fn([1]);
    const { DeviceLostError } = await import('../src/index.js');
    own.backend.lose(new DeviceLostError('the plug was pulled'));
    await Promise.resolve();
    await expect(fn([1])).rejects.toThrow('the plug was pulled');
  });

  it('a disposed device says so', async () => {
    const own = interpreter(capabilities);
    const fn = compile((x: Tensor) => x.add(1), { device: own });
    await fn([1]);
    own.dispose();
    await expect(fn([1])).rejects.toThrow(/interpreter was disposed/);
  });
});

it('a trace that throws leaves no trace behind', async () => {
  let fails = true;
  const fn = compile((x: Tensor) => {
    if (fails) throw new RangeError('not yet');
    return x.add(1);
  });
  expect(() => fn([1])).toThrow('not yet');
  fails = false;
  expect(await (await fn([1])).toArray()).toEqual([2]);
});
