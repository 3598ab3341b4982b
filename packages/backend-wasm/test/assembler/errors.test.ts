import { describe, expect, it } from 'vitest';
import {
  AssemblerError,
  f32,
  f32x4,
  i8x16,
  i32,
  i64,
  ModuleBuilder,
  select,
  v128,
  type Effect,
  type Expression,
  type FunctionBody,
  type Label,
  type Variable,
} from '../../src/assembler/index.js';

/** What TypeScript would not let pass, as a program that writes programs might do it. */
const untyped = (value: unknown): never => value as never;

const zero = v128.const(new Uint8Array(16));

/** The message of writing a body. */
function messageOf(
  build: (body: FunctionBody, parameters: { readonly n: Variable<'i32'> }) => void,
): string {
  try {
    new ModuleBuilder().function('kernel', { parameters: { n: 'i32' } }, build);
  } catch (error) {
    expect(error).toBeInstanceOf(AssemblerError);
    expect(error).toMatchObject({ code: 'ASSEMBLER' });
    return (error as Error).message;
  }
  throw new Error('nothing was thrown');
}

describe('operands', () => {
  it.each<[string, () => unknown]>([
    [
      'f32x4.mul: operand 2 must be v128, but i32.add gives i32',
      () => f32x4.mul(zero, untyped(i32.add(1, 2))),
    ],
    [
      'f32x4.splat: operand 1 must be f32, but v128.const gives v128',
      () => f32x4.splat(untyped(zero)),
    ],
    ['v128.not: operand 1 must be v128, but it is 1', () => v128.not(untyped(1))],
    ['i64.add: operand 2 must be i64, but it is 1', () => i64.add(1n, untyped(1))],
    ['i32.add: operand 2 must be i32, but it is undefined', () => i32.add(1, untyped(undefined))],
    [
      'i32.add: operand 1 must be i32, but i32.store gives none',
      () => i32.add(untyped(i32.store(0, 1)), 1),
    ],
    [
      'select: f32 and i32 are different types',
      () => select(f32.const(1), untyped(i32.const(1)), 1),
    ],
  ])('%s', (message, build) => {
    expect(build).toThrow(new AssemblerError(message));
    expect(messageOf(build)).toBe(`function $kernel: ${message}`);
  });
});

describe('immediates', () => {
  it.each<[string, () => unknown]>([
    [
      'i32.const: i32 must be an integer from -2147483648 to 4294967295, not 0.5',
      () => i32.const(0.5),
    ],
    [
      'i32.const: i32 must be an integer from -2147483648 to 4294967295, not 4294967296',
      () => i32.add(2 ** 32, 1),
    ],
    [
      'f32x4.extract_lane: lane4 must be an integer from 0 to 3, not 4',
      () => f32x4.extract_lane(zero, 4),
    ],
    [
      'i8x16.shuffle: lanes must be 16 integers from 0 to 31, not [1,2]',
      () => i8x16.shuffle(zero, zero, [1, 2]),
    ],
    ['v128.const: v128 must be 16 bytes', () => v128.const(new Float32Array(3))],
    [
      'i32.load: memory4 must be aligned to a power of two up to 4',
      () => i32.load(0, { alignment: 3 }),
    ],
    [
      'i32.load: memory4 must be aligned to a power of two up to 4',
      () => i32.load(0, { alignment: 8 }),
    ],
    ['v128.load: memory16 must be at an offset that is an integer from 0', () => v128.load(0, -4)],
  ])('%s', (message, build) => {
    expect(build).toThrow(message);
  });
});

describe('statements', () => {
  it.each<[string, (body: FunctionBody, n: Variable<'i32'>) => void]>([
    [
      'local.set: $n must be i32, but f32.const gives f32',
      (body, n) => body.set(n, untyped(f32.const(1))),
    ],
    ['emit: i32.add gives a value; use or drop it', (body, n) => body.emit(untyped(i32.add(n, 1)))],
    ['return: the function has no result, but a value is given', (body, n) => body.return(n)],
    [
      'if: the condition must be i32, but f32.const gives f32',
      (body) => body.if(untyped(f32.const(1)), () => undefined),
    ],
  ])('%s', (message, build) => {
    expect(messageOf((body, { n }) => build(body, n))).toBe(`function $kernel: ${message}`);
  });

  it('must return what the signature says', () => {
    const build = (result: Expression | undefined) => () =>
      new ModuleBuilder().function('f', { parameters: {}, result: 'f32' }, () => untyped(result));
    const expected = 'function $f: return: the result must be f32, but';
    expect(build(i32.const(1))).toThrow(`${expected} i32.const gives i32`);
    expect(build(undefined)).toThrow(`${expected} it is undefined`);
  });

  it('branch only to blocks that are around them', () => {
    const message = messageOf((body) => {
      let ended: Label | undefined;
      body.block((label) => (ended = label));
      body.block(() => body.branch(ended!));
    });
    expect(message).toBe(
      'function $kernel: br: the label is not that of a block around this place',
    );
  });

  it('use what belongs to them', () => {
    const module = new ModuleBuilder();
    let foreign: Variable<'i32'> | undefined;
    const first = module.function('first', { parameters: { n: 'i32' } }, (_body, { n }) => {
      foreign = n;
    });
    const use = (effect: (body: FunctionBody) => Effect) =>
      messageOf((body) => body.emit(effect(body)));
    expect(use(() => i32.store(0, i32.add(foreign!, 1)))).toBe(
      'function $kernel: local.get: $n belongs to another function',
    );
    expect(use(() => first.call({ n: 1 }))).toBe(
      'function $kernel: call: $first belongs to another module',
    );
    const table = module.table({ initial: 1 });
    expect(use(() => table.call({ parameters: {} }, 0, {}))).toBe(
      'function $kernel: call_indirect: $table belongs to another module',
    );
  });
});

describe('modules', () => {
  const f = () => new ModuleBuilder().function('f', { parameters: { n: 'i32' } }, () => undefined);

  it('check arguments by name', () => {
    expect(() => f().call(untyped({}))).toThrow('call $f: "n" must be i32, but it is undefined');
    expect(() => f().call(untyped({ n: 1, m: 2 }))).toThrow(
      'call $f: there is no parameter "m", but n',
    );
  });

  it('import functions first', () => {
    const module = new ModuleBuilder();
    module.function('f', { parameters: {} }, () => undefined);
    expect(() => module.importFunction('host', 'g', { parameters: {} })).toThrow(
      'import of g: functions are imported before any is defined',
    );
  });

  it('have one memory and one table', () => {
    const module = new ModuleBuilder();
    module.memory({ initial: 1 });
    expect(() => module.importMemory('host', 'memory', { initial: 1 })).toThrow('one memory only');
    module.table({ initial: 1 });
    expect(() => module.table({ initial: 1 })).toThrow('one table only');
  });

  it('let through what callbacks throw themselves', () => {
    const thrown = new RangeError('mine');
    expect(() =>
      new ModuleBuilder().function('f', { parameters: {} }, () => {
        throw thrown;
      }),
    ).toThrow(thrown);
  });
});
