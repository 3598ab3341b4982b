import { expect, it } from 'vitest';
import createWabt from 'wabt';
import { encode, f32, i32, ModuleBuilder, print, v128, f32x4 } from '../../src/assembler/index.js';
import { withoutNames } from '../support/wabt.js';

/** A module with one of everything. */
function everything(): ModuleBuilder {
  const module = new ModuleBuilder();
  const report = module.importFunction('host', 'report', { parameters: { value: 'f32' } });
  module.importMemory('host', 'memory', { initial: 1, maximum: 10, shared: true });
  const table = module.table({ initial: 4 });
  const calls = module.global('calls', 'i32', 0);
  const scale = module.function(
    'scale by',
    { parameters: { pointer: 'i32', count: 'i32', factor: 'f32' } },
    (body, { pointer, count, factor }) => {
      const factors = body.let(f32x4.splat(factor), 'factors');
      body.for({ to: count, step: 4, name: 'i' }, () => {
        const product = f32x4.mul(v128.load(pointer, 32), factors);
        body.emit(v128.store(pointer, f32x4.add(product, f32x4.mul(factors, factors)), 32));
        body.increase(pointer, 16);
      });
      body.if(
        i32.eqz(count),
        () => body.emit(report.call({ value: NaN })),
        () => body.emit(table.call({ parameters: { n: 'i32' } }, 1, { n: count })),
      );
      body.set(calls, i32.add(calls, 1));
    },
  );
  const half = module.function(
    'half',
    { parameters: { x: 'f32' }, result: 'f32' },
    (_body, { x }) => f32.mul(x, 0.5),
  );
  module.fillTable(2, [half]);
  module.export('scale', scale);
  return module;
}

const expected = `(module
  (type $f32_to_none (func (param f32)))
  (type $i32_to_none (func (param i32)))
  (type $i32_i32_f32_to_none (func (param i32 i32 f32)))
  (type $f32_to_f32 (func (param f32) (result f32)))
  (import "host" "report" (func $report (type $f32_to_none)))
  (memory $memory (import "host" "memory") 1 10 shared)
  (table $table 4 funcref)
  (global $calls (mut i32) (i32.const 0))
  (export "scale" (func $scale_by))
  (elem (i32.const 2) $half)
  (func $scale_by (param $pointer i32) (param $count i32) (param $factor f32)
    (local $factors v128) (local $i i32) (local $iEnd i32)
    (local.set $factors (f32x4.splat (local.get $factor)))
    (local.set $i (i32.const 0))
    (local.set $iEnd (local.get $count))
    (i32.lt_s (local.get $i) (local.get $iEnd))
    if
      loop
        (v128.store offset=32
          (local.get $pointer)
          (f32x4.add
            (f32x4.mul (v128.load offset=32 (local.get $pointer)) (local.get $factors))
            (f32x4.mul (local.get $factors) (local.get $factors))))
        (local.set $pointer (i32.add (local.get $pointer) (i32.const 16)))
        (local.set $i (i32.add (local.get $i) (i32.const 4)))
        (br_if 0 (i32.lt_s (local.get $i) (local.get $iEnd)))
      end
    end
    (i32.eqz (local.get $count))
    if
      (call $report (f32.const nan))
    else
      (call_indirect $table (type $i32_to_none) (local.get $count) (i32.const 1))
    end
    (global.set $calls (i32.add (global.get $calls) (i32.const 1))))
  (func $half (param $x f32) (result f32)
    (return (f32.mul (local.get $x) (f32.const 0.5))))
)
`;

it('shows names, nesting and operands', () => {
  expect(print(everything())).toBe(expected);
});

it('shows what is encoded, down to the byte', async () => {
  const wabt = await createWabt();
  const parsed = wabt.parseWat('everything.wat', print(everything()), {
    simd: true,
    threads: true,
  });
  const { buffer } = parsed.toBinary({ write_debug_names: false });
  expect(withoutNames(encode(everything()))).toEqual(buffer);
});
