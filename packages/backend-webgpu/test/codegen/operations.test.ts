import { castTo, scalarFunction, type DataType, type ScalarOperation } from '@gradus/core/backend';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { literalCode } from '../../src/codegen/operations.js';
import { typeOf } from '../../src/codegen/types.js';
import { applyOperation, type Application } from '../support/apply-operation.js';
import { largestError, pairs, specialNumbers, spread } from '../support/float32.js';
import { describeOnGpu } from '../support/gpu.js';

const isComparison = (name: string): boolean => /^(less|lessEqual|equal|notEqual)$/.test(name);

const samples: Readonly<Partial<Record<DataType, readonly number[]>>> = {
  float32: specialNumbers,
  int32: [0, 1, -1, 2, 3, -7, 8, 12, 31, 33, 65537, -123456789, 2 ** 31 - 1, -(2 ** 31), 7, -16],
  uint32: [
    0,
    1,
    2,
    3,
    7,
    8,
    31,
    32,
    65537,
    2 ** 31,
    2 ** 32 - 1,
    123456789,
    255,
    256,
    12,
    3552492417,
  ],
  uint8: [0, 1, 2, 3, 7, 8, 15, 31, 100, 127, 128, 129, 200, 250, 254, 255],
  bool: [0, 1, 1, 0],
};

const both: ScalarOperation[] = ['maximum', 'minimum', 'less', 'lessEqual', 'equal', 'notEqual'];
const arithmetic: ScalarOperation[] = ['add', 'sub', 'mul', 'floorDiv', 'mod'];
const bitwise: ScalarOperation[] = ['and', 'or', 'xor'];
const integer = [...both, ...arithmetic, ...bitwise, 'shiftLeft', 'shiftRight'] as const;
const binary: Readonly<Partial<Record<DataType, readonly ScalarOperation[]>>> = {
  float32: [...both, ...arithmetic, 'div'],
  int32: integer,
  uint32: integer,
  uint8: integer,
  bool: [...both, ...bitwise],
};
const unary: Readonly<Partial<Record<DataType, readonly ScalarOperation[]>>> = {
  float32: ['neg', 'abs', 'sign', 'floor', 'ceil', 'round', 'relu', 'sqrt'],
  int32: ['neg', 'abs', 'sign', 'relu', 'not'],
  uint32: ['neg', 'abs', 'sign', 'relu', 'not'],
  uint8: ['neg', 'abs', 'sign', 'relu', 'not'],
  bool: ['not'],
};
const dtypes = Object.keys(samples) as DataType[];

await describeOnGpu('operations', (gpu) => {
  let device: GPUDevice;
  beforeAll(async () => {
    device = await (await gpu.requestAdapter())!.requestDevice();
  });
  afterAll(() => {
    device.destroy();
  });

  /** Runs an operation in one lane and in four, and compares with core's definition. */
  async function check(
    application: Omit<Application, 'lanes'>,
    operands: readonly (readonly number[])[],
    allowed = 0,
  ): Promise<void> {
    const { operation, to, from, word } = application;
    const exact = scalarFunction(operation, to, word);
    const held = operands.map((each, index) =>
      from[index] === 'float32' ? each.map((x) => Math.fround(x)) : each,
    );
    for (const lanes of [1, 4] as const) {
      const results = await applyOperation(device, { ...application, lanes }, ...held);
      const message = `${operation} of ${from.join()} in ${lanes} lanes`;
      if (from[0] === 'float32' || to === 'float32') {
        const worst = largestError(results, exact, ...held);
        expect(worst.ulp, `${message}: ${JSON.stringify(worst)}`).toBeLessThanOrEqual(allowed);
      } else
        expect([...results], message).toEqual(
          held[0]!.map((_, i) => exact(...held.map((each) => each[i]!))),
        );
    }
  }

  describe.each(dtypes)('of %s', (dtype) => {
    it.each(unary[dtype]!)('%s', async (operation) => {
      const application = { operation, from: [dtype], to: dtype } as const;
      await check(application, [samples[dtype]!], operation === 'sqrt' ? 2.5 : 0);
    });

    it.each(binary[dtype]!)('%s', async (operation) => {
      const to = isComparison(operation) ? 'bool' : dtype;
      const application = { operation, from: [dtype, dtype], to } as const;
      await check(application, pairs(samples[dtype]!), operation === 'div' ? 2.5 : 0);
    });

    it('where', async () => {
      const numbers = samples[dtype]!;
      const conditions = numbers.map((_, index) => index % 2);
      const operands = [conditions, numbers, [...numbers].reverse()];
      await check({ operation: 'where', from: ['bool', dtype, dtype], to: dtype }, operands);
    });

    it('casts to every other dtype', async () => {
      const numbers = [...samples[dtype]!];
      if (dtype === 'float32') {
        numbers.push(
          ...[255.9, 256, -0.9, -1.9, 3e9, -3e9, 5e9, 2 ** 31, 2 ** 32, 2147483520, 1.9, -5],
        );
      }
      for (const to of dtypes) {
        if (to === dtype) continue;
        for (const lanes of [1, 4] as const) {
          const application = { operation: 'cast', from: [dtype], to, lanes } as const;
          const results = await applyOperation(device, application, numbers);
          const expected = numbers.map((x) => castTo(to, dtype === 'float32' ? Math.fround(x) : x));
          expect([...results], `${dtype} to ${to}`).toEqual(expected);
        }
      }
    });

    it('takes every sample as a literal', async () => {
      const zeros = samples[dtype]!.slice(0, 4);
      for (const value of samples[dtype]!) {
        // A literal may be read as zero as well.
        if (value === 2 ** -149) continue;
        const application: Application = {
          ...{ operation: 'where', from: ['bool', dtype, dtype], to: dtype, lanes: 4 },
          literals: (helpers) => ({
            1: `${typeOf(dtype, 4)}(${literalCode(value, dtype, helpers)})`,
          }),
        };
        const results = await applyOperation(device, application, [1, 1, 1, 1], zeros, zeros);
        const expected = dtype === 'float32' ? Math.fround(value) : value;
        expect([...results]).toEqual([expected, expected, expected, expected]);
      }
    });
  });

  it('rounds remainders of every exponent as floor division and mod of float32 do', async () => {
    const [a, b] = [spread(4_001).slice(1), spread(8_000).slice(4_000)];
    for (const [index, x] of a.entries()) if (index % 2 === 0) b[index] = x / ((index % 50) + 0.3);
    await check(
      { operation: 'mod', from: ['float32', 'float32'], to: 'float32' },
      [[...a], [...b]],
      1,
    );
    const whole = pairs([
      ...Array.from({ length: 24 }, (_, x) => x - 11.5),
      ...[1, 2, 3, 6, 7, 9, 10, 49],
    ]);
    await check({ operation: 'floorDiv', from: ['float32', 'float32'], to: 'float32' }, whole);
  });

  it.each(['int32', 'uint32'] as const)('divides %s by literals', async (dtype) => {
    const numbers = samples[dtype]!;
    for (const divisor of [0, 1, 2, 3, 8, ...(dtype === 'int32' ? [-1, -3] : [])]) {
      for (const operation of ['floorDiv', 'mod'] as const) {
        const application: Application = {
          ...{ operation, from: [dtype, dtype], to: dtype, lanes: 4 },
          literals: (helpers) => ({
            1: `${typeOf(dtype, 4)}(${literalCode(divisor, dtype, helpers)})`,
          }),
        };
        const divisors = numbers.map(() => divisor);
        const results = await applyOperation(device, application, numbers, divisors);
        const exact = scalarFunction(operation, dtype);
        expect([...results], `${operation} by ${divisor}`).toEqual(
          numbers.map((x) => exact(x, divisor)),
        );
      }
    }
  });

  it('compares with literals, which are not NaN, as with other numbers', async () => {
    for (const operation of ['maximum', 'less', 'notEqual'] as const) {
      const to = isComparison(operation) ? 'bool' : 'float32';
      for (const value of [0, 1.5, NaN, -Infinity]) {
        const application: Application = {
          ...{ operation, from: ['float32', 'float32'], to, lanes: 1 },
          literals: (helpers) => ({ 1: literalCode(value, 'float32', helpers) }),
        };
        const values = specialNumbers.map(() => value);
        const results = await applyOperation(device, application, specialNumbers, values);
        const exact = scalarFunction(operation, to);
        const worst = largestError(results, exact, specialNumbers.map(Math.fround), values);
        expect(worst.ulp, JSON.stringify(worst)).toBe(0);
      }
    }
  });

  it('gives the bits of Threefry', async () => {
    const words = Array.from({ length: 64 }, (_, index) => Math.imul(index, 0x9e3779b1) >>> 0);
    const operands = [
      words,
      [...words].reverse(),
      words.map((x) => x >>> 3),
      words.map((_, i) => i),
    ];
    for (const word of [0, 1] as const) {
      const from = ['uint32', 'uint32', 'uint32', 'uint32'] as const;
      await check({ operation: 'threefry', from, to: 'uint32', word }, operands);
    }
  });
});
