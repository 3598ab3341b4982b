import { cpu } from '@gradus/backend-cpu';
import {
  customGradient,
  namedParameters,
  randomBernoulli,
  realize,
  setDefaultDevice,
  stopGradient,
  tensor,
  Variable,
  type Tensor,
} from '@gradus/core';
import { randomKey } from '@gradus/random';
import { describe, expect, it } from 'vitest';
import { checkGradients, ConformanceError } from '../src/index.js';
import { gradientCases } from '../src/gradient-cases.js';
import { Inputs } from '../src/inputs.js';
import { randomProgram, smoothSteps } from '../src/random-program.js';

describe('gradients by autograd equal central differences', () => {
  for (const [name, { inputs, fn, smooth = false }] of Object.entries(gradientCases)) {
    for (const seed of [1, 2, 3]) {
      it(`${name}, seed ${seed}`, async () => {
        const { checked } = await checkGradients(fn, inputs(new Inputs(seed)), {
          order: smooth ? 2 : 1,
        });
        expect(checked).toBeGreaterThan(0);
      });
    }
  }
});

/** The first result of a random program of three tensors. */
function randomFunction(seed: number): (...leaves: Tensor[]) => Tensor {
  return (...leaves) => {
    const program = randomProgram(new Inputs(seed), leaves, smoothSteps, 10);
    for (;;) {
      const step = program.next();
      // So that it depends on all inputs, and its gradient does.
      if (step.done === true)
        return leaves.reduce((sum, x) => sum.add(x.square().mean()), step.value[0]!);
    }
  };
}

describe('gradients of random programs equal central differences', () => {
  for (let seed = 0; seed < 40; seed++) {
    it(`seed ${seed}`, async () => {
      const inputs = new Inputs(seed);
      const leaves = [[3, 4], [2, 1, 3], [5]].map((shape) => inputs.tensor(shape));
      const options = { order: 2, maximumElements: 8 } as const;
      await expect(checkGradients(randomFunction(seed), leaves, options)).resolves.toBeDefined();
    });
  }
});

/** x² whose gradient is given. */
const squareWith =
  (factor: (x: Tensor) => Tensor) =>
  (x: Tensor): Tensor =>
    customGradient(
      [x],
      (each) => each.square(),
      (gradient, _, [each]) => [gradient.mul(factor(each!))],
    );

describe('checkGradients', () => {
  it('accepts a right gradient and reports what it saw', async () => {
    const { checked, worst } = await checkGradients(
      squareWith((x) => x.mul(2)),
      [[1, -2, 3]],
    );
    expect(checked).toBe(3);
    expect(worst.error).toBeLessThan(1e-8);
  });
  it('names the element of a wrong one', async () => {
    const wrong = squareWith((x) => x.mul([2, 2, 2.001]));
    await expect(checkGradients(wrong, [[1, -2, 3]])).rejects.toThrow(
      /gradient of input 0 at \[2\] is .* but central differences give/,
    );
  });
  it('rejects a gradient that is NaN', async () => {
    const missing = squareWith((x) => x.mul(NaN));
    await expect(checkGradients(missing, [[1]])).rejects.toBeInstanceOf(ConformanceError);
  });
  it('rejects a wrong second derivative of a right first one', async () => {
    const wrong = squareWith((x) => {
      const fixed = stopGradient(x);
      return fixed.mul(2).add(x.sub(fixed).mul(3));
    });
    await expect(checkGradients(wrong, [[1, 2]])).resolves.toMatchObject({ checked: 2 });
    await expect(checkGradients(wrong, [[1, 2]], { order: 2 })).rejects.toThrow(
      'but central differences give',
    );
  });
  it('moves float32 elements by less than float32 can', async () => {
    const fn = (x: Tensor): Tensor => x.mul(1e-3).sin();
    await expect(checkGradients(fn, [[1000]], { step: 1e-9 })).resolves.toMatchObject({
      checked: 1,
    });
  });
  it('leaves integers alone', async () => {
    const indices = tensor([1, 0], { dtype: 'int32' });
    const { checked } = await checkGradients((x, i) => x.gather(i), [[1, 2, 3], indices]);
    expect(checked).toBe(3);
    await expect(checkGradients((x) => x.cast('float32'), [indices])).rejects.toThrow(
      'no input is floating-point',
    );
  });
  it('checks a choice of elements of a large input', async () => {
    const { checked } = await checkGradients((x) => x.square(), [new Float32Array(500)], {
      maximumElements: 7,
    });
    expect(checked).toBe(7);
  });
  it('checks parameters, new ones and ones that live on a device', async () => {
    setDefaultDevice(cpu());
    const model = {
      weight: new Variable([
        [1, 2],
        [3, 4],
      ]),
      bias: new Variable([0.5, -0.5]),
    };
    await realize(model.weight);
    const forward = (x: Tensor): Tensor => x.matMul(model.weight).add(model.bias).tanh();
    const parameters = namedParameters(model);
    const { checked } = await checkGradients(forward, [[[1, -1]]], { parameters });
    expect(checked).toBe(8);
    await expect(checkGradients((x) => x.square(), [[1]], { parameters })).rejects.toThrow(
      'does not depend on the parameter weight',
    );
  });
  it('names a wrong parameter', async () => {
    const scale = new Variable([2]);
    const forward = (x: Tensor): Tensor => x.mul(squareWith((each) => each)(scale.value));
    await expect(checkGradients(forward, [[1]], { parameters: { scale } })).rejects.toThrow(
      'the gradient of scale at [0]',
    );
  });
  it('works for random functions with a key', async () => {
    const dropout = (x: Tensor): Tensor =>
      x.mul(randomBernoulli(randomKey(5), x.shape, 0.5).cast('float32'));
    await expect(checkGradients(dropout, [new Float32Array(20)])).resolves.toMatchObject({
      checked: 20,
    });
  });
});
