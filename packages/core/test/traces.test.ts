import { beforeEach, describe, expect, it } from 'vitest';
import {
  ArgumentError,
  compile,
  customGradient,
  isTracing,
  realize,
  setDefaultDevice,
  stopGradient,
  tensor,
  TraceError,
  untraced,
  Variable,
  type Passed,
  type Tensor,
} from '../src/index.js';
import { interpreter } from './support/interpreter.js';

type TestDevice = ReturnType<typeof interpreter>;
let device: TestDevice;

beforeEach(() => {
  device = interpreter();
  setDefaultDevice(device);
});

describe('reading values while a function is traced throws there and then', () => {
  const w = new Variable([1]);
  it.each<[string, (x: Tensor) => unknown]>([
    ['data', (x) => x.data()],
    ['dataSync', (x) => x.dataSync()],
    ['item', (x) => x.item()],
    ['toArray', (x) => x.toArray()],
    ['to', (x) => x.to(device)],
    ['realize', (x) => realize(x)],
    ['the data of a variable', () => w.data()],
    ['data, awaited by somebody else', (x) => void x.data().then(() => 0)],
  ])('%s', (_, read) => {
    const fn = compile((x: Tensor) => {
      read(x);
      return x;
    });
    expect(() => fn([1])).toThrow(TraceError);
    expect(() => fn([1])).toThrow(/while it is traced there are no values yet.*compiled call/);
  });

  it('printing does not', async () => {
    const printed: string[] = [];
    await compile((x: Tensor) => {
      printed.push(String(x), String(w));
      return x;
    })([1]);
    expect(printed[0]).toBe('Tensor(float32 [1], not computed)');
  });
});

describe('what leaves a trace without being returned', () => {
  let leaked: Tensor;

  it('a tensor that depends on an argument', async () => {
    await compile((x: Tensor) => (leaked = x.add(1)).sum())([1]);
    await expect(leaked.data()).rejects.toThrow(TraceError);
    await expect(leaked.mul(2).data()).rejects.toThrow(/depends on argument 1/);
    expect(() => leaked.dataSync()).toThrow(TraceError);
  });

  it('a read of a variable', async () => {
    const w = new Variable([1], { name: 'weight' });
    await compile(() => (leaked = w.value).sum())();
    await expect(leaked.data()).rejects.toThrow(TraceError);
    await expect(leaked.add(1).data()).rejects.toThrow(/reads the variable weight there/);
    expect([...(await w.data())]).toEqual([1]);
  });

  it('into another compiled function', async () => {
    const w = new Variable([1]);
    await compile((x: Tensor) => (leaked = x.add(w)).sum())([1]);
    expect(() => compile(() => leaked.mul(2))()).toThrow(TraceError);
    await compile(() => (leaked = w.value).sum())();
    expect(() => compile(() => leaked.mul(2))()).toThrow(/reads the variable/);
    expect(() => compile((x: Tensor) => x)(leaked)).toThrow(TraceError);
  });

  it('into a variable', async () => {
    const w = new Variable([1]);
    await compile((x: Tensor) => {
      untraced(() => w.assign(x));
      return x;
    })([2]);
    await expect(w.data()).rejects.toThrow(TraceError);
    w.assign([5]);
    expect([...(await w.data())]).toEqual([5]);
  });

  it('does not keep others from being computed', async () => {
    const [w, other] = [new Variable([1]), new Variable([1])];
    await realize(w, other);
    other.assign([3]);
    await compile((x: Tensor) => (leaked = x.add(1)))([1]);
    await expect(leaked.data()).rejects.toThrow(TraceError);
    expect([...(await other.data())]).toEqual([3]);
    expect(await compile(() => other.value.mul(2))().then((y) => y.toArray())).toEqual([6]);
  });

  it('a constant is harmless', async () => {
    await compile((x: Tensor) => {
      leaked = tensor([1, 2]).mul(2);
      return x;
    })([1]);
    expect(await leaked.toArray()).toEqual([2, 4]);
  });
});

describe('arguments', () => {
  it('may be lazy, nested, variables, and the same tensor twice', async () => {
    const fn = compile((x: Tensor, list: readonly Tensor[], more: { y: Tensor }) =>
      x.add(list[0]!).add(list[1]!).add(more.y),
    );
    const lazy = tensor([1]).mul(10);
    const w = new Variable([100]);
    expect(await (await fn(lazy, [lazy, w], { y: [[1000]] })).toArray()).toEqual([[1120]]);
    expect(await lazy.toArray()).toEqual([10]);
  });

  it('a variable may be passed to the program that updates it', async () => {
    const w = new Variable([1, 2]);
    const step = compile((x: Tensor) => {
      w.assign(w.value.add(x));
      return x;
    });
    expect(await (await step(w)).toArray()).toEqual([1, 2]);
    expect(await (await step(w.value)).toArray()).toEqual([2, 4]);
    expect([...(await w.data())]).toEqual([4, 8]);
  });

  it('null, undefined, strings and booleans belong to the signature, and cannot be confused', async () => {
    const seen: unknown[] = [];
    const fn = compile((option: string | boolean | null | undefined) => {
      seen.push(option);
      return tensor(0).add(1);
    });
    const options = ['number', 'null', null, undefined, 'undefined', true, 'true', '', false];
    for (const option of [...options, ...options]) await fn(option);
    expect(seen).toEqual(options);
    expect(fn.traces).toBe(options.length);
  });

  it('differ by dtype, by structure and by number of arguments', async () => {
    const fn = compile((...args: readonly unknown[]) => args.length);
    const calls: (readonly unknown[])[] = [
      [],
      [1],
      [[1]],
      [[[1]]],
      [true],
      [[true]],
      [1, 1],
      [{ a: 1 }],
      [{ b: 1 }],
      [{ a: 1, b: 1 }],
      [[tensor(1)]],
      [new Int32Array(1)],
    ];
    for (const args of calls) expect(await fn(...(args as never[]))).toBe(args.length);
    expect(fn.traces).toBe(calls.length);
    expect(await fn(...([2] as never[]))).toBe(1);
    expect(fn.traces).toBe(calls.length);
  });

  it.each<[unknown, RegExp]>([
    [new Date(), /argument 1 is a Date/],
    [[tensor(1), Symbol('s')], /argument 1\[1\] is a Symbol/],
    [{ a: { b: 1n } }, /argument 1\.a\.b is a BigInt/],
    [[[1], [2, 3]], /ragged/],
    [[1, 'a'], /numbers and booleans, got string a/],
    [new Int8Array(1), /Int8Array/],
  ])('that are nothing of the kind are refused, case %#', (arg, message) => {
    const fn = compile((x: Tensor) => x) as (x: unknown) => unknown;
    expect(() => fn(arg)).toThrow(message);
  });

  it('types follow what the function takes', () => {
    const passed: Passed<{ x: Tensor; flag: boolean; list: [Tensor] }> = {
      x: [1],
      flag: true,
      list: [new Float32Array(1)],
    };
    expect(passed.flag).toBe(true);
  });
});

describe('results', () => {
  it('keep their structure', async () => {
    const bare = Object.assign(Object.create(null) as object, { n: 1 });
    const fn = compile((x: Tensor) => ({ a: [x, { b: x.add(1) }], c: 'text', d: null, bare }));
    const result = await fn([1]);
    expect(result.c).toBe('text');
    expect(result.d).toBeNull();
    expect(result.bare).toEqual({ n: 1 });
    expect(await (result.a[1] as { b: Tensor }).b.toArray()).toEqual([2]);
  });

  it('the same tensor twice is two results', async () => {
    const [a, b] = await compile((x: Tensor) => {
      const y = x.add(1);
      return [y, y] as const;
    })([1]);
    a.dispose();
    expect(await b.toArray()).toEqual([2]);
  });

  it('an argument, a constant, a captured tensor and a variable may be returned', async () => {
    const w = new Variable([4]);
    const captured = tensor([3]);
    const fn = compile((x: Tensor) => [x, tensor(2), captured, w, stopGradient(x)] as const);
    const results = await fn([1]);
    const values = await Promise.all(results.map((each) => (each as Tensor).data()));
    expect(values.flatMap((each) => [...each])).toEqual([1, 2, 3, 4, 1]);
    results[2].dispose();
    expect(await captured.toArray()).toEqual([3]);
  });

  it.each<[() => unknown, RegExp]>([
    [() => new Map(), /returned a Map/],
    [() => new Float32Array(1), /returned a Float32Array/],
  ])('of other kinds are refused', (fn, message) => {
    expect(() => compile(fn)()).toThrow(ArgumentError);
    expect(() => compile(fn)()).toThrow(message);
  });

  it('of an async function are refused, its rejection being nobody else’s business', () => {
    const fn = compile(async () => Promise.reject(new Error('unseen')));
    expect(() => fn()).toThrow(/the function is async.*await the compiled call/s);
  });
});

describe('what a trace captures', () => {
  it('lazy tensors, realised meanwhile or not', async () => {
    const lazy = tensor([1, 2]).mul(10);
    const fn = compile((x: Tensor) => x.add(lazy));
    expect(await (await fn([1, 1])).toArray()).toEqual([11, 21]);
    await lazy.data();
    expect(await (await fn([2, 2])).toArray()).toEqual([12, 22]);
    lazy.dispose();
    expect(await (await fn([3, 3])).toArray()).toEqual([13, 23]);
  });

  it('data that is disposed later is missed', async () => {
    const table = tensor([1, 2]);
    const fn = compile((x: Tensor) => x.add(table));
    await fn([1, 1]);
    table.dispose();
    await expect(fn([1, 1])).rejects.toThrow(/disposed/);
  });

  it('the value a variable had when it was read outside', async () => {
    const w = new Variable([1]);
    const before = w.value;
    w.assign([5]);
    const fn = compile(() => {
      w.assign(w.value.add(before));
      return w.value;
    });
    expect(await (await fn()).toArray()).toEqual([6]);
    expect(await (await fn()).toArray()).toEqual([7]);
    expect(await before.toArray()).toEqual([1]);
  });

  it('customGradient and stopGradient compute what they wrap', async () => {
    const fn = compile((x: Tensor) =>
      customGradient(
        [x],
        (y) => stopGradient(y.mul(3)),
        (dy) => [dy],
      ).add(1),
    );
    expect(await (await fn([2])).toArray()).toEqual([7]);
    expect(fn.plan([2]).kernels).toHaveLength(1);
  });
});

describe('variables made while tracing', () => {
  it('cannot start from what exists only there', () => {
    const w = new Variable([1], { name: 'w' });
    const fn = compile(() => new Variable(w.value.mul(2)).value.add(1));
    expect(() => fn()).toThrow(TraceError);
  });

  it('of another shape in a retrace are an error that says so', async () => {
    const fn = compile((x: Tensor) => {
      const total = new Variable(x.mul(0), { name: 'total' });
      return total;
    });
    expect(() => fn([1])).toThrow(TraceError);
    const sized = compile((x: Tensor) => new Variable(Array<number>(x.size).fill(0)).value.add(x));
    await sized([1, 2]);
    expect(() => sized([1, 2, 3])).toThrow(
      /made this variable as float32 \[2\].*now.*float32 \[3\]/,
    );
  });

  it('belong to whoever keeps them when made untraced', async () => {
    let state: Variable | undefined;
    const fn = compile((x: Tensor) => {
      state ??= untraced(() => new Variable([0]));
      state.assign(state.value.add(x.sum()));
      return state.value;
    });
    await fn([1]);
    expect(await (await fn([1, 2])).toArray()).toEqual([4]);
    expect([...(await state!.data())]).toEqual([4]);
  });

  it('an assignment in a trace that throws is forgotten', async () => {
    const w = new Variable([1]);
    const fn = compile(() => {
      w.assign([2]);
      throw new RangeError('halfway');
    });
    expect(() => fn()).toThrow('halfway');
    expect([...(await w.data())]).toEqual([1]);
  });
});

it('a function can tell whether it is traced', async () => {
  const seen: boolean[] = [];
  const fn = compile((x: Tensor) => {
    seen.push(isTracing(), untraced(isTracing));
    return x.add(1);
  });
  await fn([1]);
  await fn([2]);
  expect(seen).toEqual([true, false]);
  expect(isTracing()).toBe(false);
});
