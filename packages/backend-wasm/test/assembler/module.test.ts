import { describe, expect, it } from 'vitest';
import {
  f32,
  i32,
  memory,
  ModuleBuilder,
  select,
  unreachable,
  type FunctionBody,
  type Variable,
} from '../../src/assembler/index.js';
import { instantiate } from '../support/instantiate.js';

const unary = { parameters: { n: 'i32' }, result: 'i32' } as const;

/** A function of an integer, by what writes it. */
async function run(
  build: (body: FunctionBody, n: Variable<'i32'>) => Variable<'i32'>,
): Promise<(n: number) => number> {
  const module = new ModuleBuilder();
  const reference = module.function('run', unary, (body, { n }) => build(body, n));
  module.export('run', reference);
  const { run: exported } = await instantiate(module);
  return exported!;
}

describe('control flow', () => {
  it('counts', async () => {
    const sum = await run((body, n) => {
      const total = body.let(i32.const(0), 'total');
      body.for({ from: 1, to: n, step: 2 }, (i) => body.increase(total, i));
      return total;
    });
    expect([-5, 0, 1, 2, 3, 4, 10].map(sum)).toEqual([0, 0, 0, 1, 1, 4, 25]);
  });

  it('computes the end of a range once', async () => {
    const turns = await run((body, n) => {
      const count = body.let(i32.const(0));
      body.for({ to: i32.mul(n, 2) }, () => {
        body.increase(n, 1);
        body.increase(count, 1);
      });
      return count;
    });
    expect(turns(5)).toBe(10);
  });

  it('repeats while a condition holds', async () => {
    const collatz = await run((body, n) => {
      const steps = body.let(i32.const(0));
      body.while(i32.ne(n, 1), () => {
        body.if(
          i32.and(n, 1),
          () => body.set(n, i32.add(i32.mul(n, 3), 1)),
          () => body.set(n, i32.shr_u(n, 1)),
        );
        body.increase(steps, 1);
      });
      return steps;
    });
    expect([1, 2, 3, 27].map(collatz)).toEqual([0, 1, 7, 111]);
  });

  it('leaves blocks and repeats loops through several levels', async () => {
    const firstMultipleOf7 = await run((body, n) => {
      body.block((found) =>
        body.loop((next) => {
          body.block((skip) => {
            body.branch(skip, i32.rem_s(n, 7));
            body.branch(found);
          });
          body.increase(n, 1);
          body.branch(next);
        }),
      );
      return n;
    });
    expect([0, 1, 7, 50].map(firstMultipleOf7)).toEqual([0, 7, 7, 56]);
  });

  it('returns early and selects', async () => {
    const clamp = await run((body, n) => {
      body.if(i32.lt_s(n, 0), () => body.return(0));
      return body.let(select(i32.const(9), n, i32.gt_s(n, 9)));
    });
    expect([-3, 4, 12].map(clamp)).toEqual([0, 4, 9]);
  });

  it('traps where it must not come', async () => {
    const trap = await run((body, n) => {
      body.if(n, () => body.emit(unreachable()));
      return n;
    });
    expect(trap(0)).toBe(0);
    expect(() => trap(1)).toThrow(WebAssembly.RuntimeError);
  });
});

describe('functions', () => {
  it('call each other with arguments by name', async () => {
    const module = new ModuleBuilder();
    const binary = { parameters: { left: 'f32', right: 'f32' }, result: 'f32' } as const;
    const divide = module.function('divide', binary, (_body, { left, right }) =>
      f32.div(left, right),
    );
    const invert = module.function(
      'invert',
      { parameters: { x: 'f32' }, result: 'f32' },
      (_body, { x }) => divide.call({ right: x, left: 1 }),
    );
    module.export('invert', invert);
    const { invert: exported } = await instantiate(module);
    expect(exported!(4)).toBe(0.25);
  });

  it('may come from elsewhere', async () => {
    const module = new ModuleBuilder();
    const report = module.importFunction('host', 'report', { parameters: { value: 'i32' } });
    const twice = module.function('twice', { parameters: { n: 'i32' } }, (body, { n }) => {
      body.emit(report.call({ value: n }));
      body.emit(report.call({ value: i32.add(n, 1) }));
    });
    module.export('twice', twice);
    const reported: number[] = [];
    const host = { report: (value: number) => reported.push(value) };
    (await instantiate(module, { host }))['twice']!(4);
    expect(reported).toEqual([4, 5]);
  });

  it('are called through a table that modules share', async () => {
    const table = new WebAssembly.Table({ element: 'anyfunc', initial: 4 });
    const caller = new ModuleBuilder();
    const functions = caller.importTable('shared', 'table', { initial: 2 });
    const apply = caller.function(
      'apply',
      { parameters: { position: 'i32', n: 'i32' }, result: 'i32' },
      (_body, { position, n }) => functions.call(unary, position, { n }),
    );
    caller.export('apply', apply);

    const callee = new ModuleBuilder();
    callee.importTable('shared', 'table', { initial: 2 });
    const addOne = callee.function('addOne', unary, (_body, { n }) => i32.add(n, 1));
    const negate = callee.function('negate', unary, (_body, { n }) => i32.sub(0, n));
    const wrongType = callee.function('wrongType', { parameters: {} }, () => undefined);
    callee.fillTable(1, [addOne, negate, wrongType]);

    const { apply: exported } = await instantiate(caller, { shared: { table } });
    await instantiate(callee, { shared: { table } });
    expect(exported!(1, 5)).toBe(6);
    expect(exported!(2, 5)).toBe(-5);
    expect(() => exported!(3, 5)).toThrow(WebAssembly.RuntimeError);
    expect(() => exported!(0, 5)).toThrow(WebAssembly.RuntimeError);
  });

  it('keep their names in stack traces', async () => {
    const module = new ModuleBuilder();
    const fail = module.function('multiplyTiles', { parameters: {} }, (body) =>
      body.emit(unreachable()),
    );
    module.export('fail', fail);
    const { fail: exported } = await instantiate(module);
    expect(() => exported!()).toThrow(
      expect.objectContaining({ stack: expect.stringContaining('multiplyTiles') }),
    );
  });
});

describe('state', () => {
  it('lives in globals', async () => {
    const module = new ModuleBuilder();
    const counter = module.global('counter', 'i32', 40);
    const next = module.function('next', { parameters: {}, result: 'i32' }, (body) => {
      body.set(counter, i32.add(counter, 1));
      return counter;
    });
    module.export('next', next);
    const { next: exported } = await instantiate(module);
    expect([exported!(), exported!()]).toEqual([41, 42]);
  });

  it('lives in the memory of others, shared or not', async () => {
    for (const shared of [false, true]) {
      const module = new ModuleBuilder();
      module.importMemory('host', 'memory', { initial: 1, maximum: 4, shared });
      const add = module.function('add', { parameters: { n: 'i32' } }, (body, { n }) => {
        body.drop(i32.atomic.rmw.add(8, n));
      });
      module.export('add', add);
      const own = new WebAssembly.Memory({ initial: 1, maximum: 4, shared });
      const { add: exported } = await instantiate(module, { host: { memory: own } });
      exported!(3);
      exported!(4);
      expect(new Int32Array(own.buffer)[2]).toBe(7);
    }
  });

  it('grows', async () => {
    const module = new ModuleBuilder();
    module.memory({ initial: 1, maximum: 3 });
    const grow = module.function('grow', unary, (body, { n }) => {
      body.drop(memory.grow(n));
      return memory.size();
    });
    module.export('grow', grow);
    const { grow: exported } = await instantiate(module);
    expect([exported!(2), exported!(1)]).toEqual([3, 3]);
  });
});
