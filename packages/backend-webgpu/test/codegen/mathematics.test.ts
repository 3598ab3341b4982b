import { scalarFunction } from '@gradus/core/backend';
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { applyOperation, type Application } from '../support/apply-operation.js';
import { between, largestError, pairs, specialNumbers, spread } from '../support/float32.js';
import { describeOnGpu } from '../support/gpu.js';

/** Where a function is neither 0 nor as good as constant. */
const interesting = {
  exp: [-88, 90],
  expm1: [-20, 20],
  log: [0, 4],
  log1p: [-1, 4],
  tanh: [-10, 10],
  sigmoid: [-88, 20],
  erf: [-4.5, 4.5],
  sin: [-100, 100],
  cos: [-100, 100],
} as const;

type Unary = keyof typeof interesting;

const names = Object.keys(interesting) as Unary[];

/** The README's table of functions and their errors in ulp. */
const stated = new Map(
  [
    ...readFileSync(resolve(import.meta.dirname, '../../README.md'), 'utf8').matchAll(
      /^\| `(\w+)` +\| +([\d.]+) +\|/gm,
    ),
  ].map(([, name, ulp]) => [name!, Number(ulp)]),
);

it('accuracy is stated for every function, and 4 ulp at most', () => {
  expect([...stated.keys()].sort()).toEqual([...names, 'pow'].sort());
  expect(Math.max(...stated.values())).toBeLessThanOrEqual(4);
});

await describeOnGpu('functions of float32', (gpu) => {
  let device: GPUDevice;
  beforeAll(async () => {
    device = await (await gpu.requestAdapter())!.requestDevice();
  });
  afterAll(() => {
    device.destroy();
  });

  describe.each([1, 4] as const)('in %d lanes', (lanes) => {
    it.each(names)('%s is as accurate as the README states', async (name) => {
      const [least, greatest] = interesting[name];
      const numbers = [...spread(8_000), ...between(least, greatest, 6_000)];
      const limit = name === 'sin' || name === 'cos' ? 100 : Infinity;
      const operand = numbers.map((x) => (Math.abs(x) > limit ? 0 : x));
      operand.push(...specialNumbers.filter((x) => !(Math.abs(x) > limit && x < Infinity)));
      while (operand.length % 4 > 0) operand.push(NaN);
      const application = { operation: name, from: ['float32'], to: 'float32', lanes } as const;
      const results = await applyOperation(device, application, operand);
      const exact = scalarFunction(name, 'float64');
      const rounded = Float32Array.from(operand);
      // Where sine and cosine cross zero, the angle's rounding is what counts.
      if (name === 'sin' || name === 'cos') {
        results.forEach((result, index) => {
          const error = Math.abs(result - exact(rounded[index]!));
          if (error < 2 ** -26) results[index] = exact(rounded[index]!);
        });
      }
      const worst = largestError(results, exact, rounded);
      expect(worst.ulp, JSON.stringify(worst)).toBeLessThanOrEqual(stated.get(name)!);
    });

    it('pow is as accurate as the README states', async () => {
      const bases = spread(16_000).map((base, index) => (index % 2 === 0 ? Math.abs(base) : base));
      // For logarithms of results from below the smallest to beyond the largest number.
      const exponents = between(-125, 129, bases.length).map((logarithm, index) => {
        const exponent = logarithm / Math.log2(Math.abs(bases[index]!));
        return index % 2 === 0 ? exponent : Math.round(exponent);
      });
      const application: Application = {
        ...{ operation: 'pow', from: ['float32', 'float32'], to: 'float32', lanes },
      };
      const exact = scalarFunction('pow', 'float64');
      for (const operands of [[bases, exponents], pairs(specialNumbers)] as const) {
        const results = await applyOperation(device, application, ...operands);
        const rounded = operands.map((each) => Float32Array.from(each));
        const worst = largestError(results, exact, ...rounded);
        expect(worst.ulp, JSON.stringify(worst)).toBeLessThanOrEqual(stated.get('pow')!);
      }
    });
  });

  it('keeps the sign of zeros', async () => {
    for (const operation of ['expm1', 'log1p', 'tanh', 'erf', 'sin'] as const) {
      const application = { operation, from: ['float32'], to: 'float32', lanes: 1 } as const;
      const results = await applyOperation(device, application, [0, -0, 0, -0]);
      expect([...results], operation).toEqual([0, -0, 0, -0]);
    }
  });

  it('sin and cos stay near to the exact value for angles up to 10⁵, and within ±1 beyond', async () => {
    const angles = Float32Array.from([...between(-1e5, 1e5, 4_000), ...spread(4_000)]);
    for (const operation of ['sin', 'cos'] as const) {
      const application = { operation, from: ['float32'], to: 'float32', lanes: 4 } as const;
      const results = await applyOperation(device, application, angles);
      results.forEach((result, index) => {
        const angle = angles[index]!;
        if (!Number.isFinite(angle)) expect(result).toBeNaN();
        else if (Math.abs(angle) > 1e5) expect(Math.abs(result)).toBeLessThanOrEqual(1);
        else expect(Math.abs(result - Math[operation](angle))).toBeLessThan(2 ** -22);
      });
    }
  });
});
