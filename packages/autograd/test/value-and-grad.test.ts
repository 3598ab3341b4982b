import { compile, Variable, type Tensor } from '@gradus/core';
import { beforeAll, expect, expectTypeOf, test } from 'vitest';
import { grad, valueAndGrad, type ValueAndGradient } from '../src/index.js';
import { exact, failure, useCpu } from './support.js';

beforeAll(useCpu);

test('gives the value and the gradient of the first argument', async () => {
  const squaredError = valueAndGrad((x: Tensor, target: Tensor) => x.sub(target).square().sum());
  const { value, gradient } = squaredError(exact([1, 2]), exact([0, 4]));
  expect(await value.item()).toBe(5);
  expect(await gradient.toArray()).toEqual([2, -4]);
});

test('takes records of tensors and keeps their names', async () => {
  const line = valueAndGrad((p: { slope: Tensor; offset: Tensor }, x: Tensor) =>
    p.slope.mul(x).add(p.offset).sum(),
  );
  const { gradient } = line({ slope: exact(2), offset: exact(1) }, exact([3, 4]));
  expectTypeOf(gradient).toEqualTypeOf<{ readonly slope: Tensor; readonly offset: Tensor }>();
  expect(await gradient.slope.item()).toBe(7);
  expect(await gradient.offset.item()).toBe(2);
});

test('takes models', async () => {
  class Scale {
    readonly factor = new Variable(exact(3));
    forward(x: Tensor): Tensor {
      return x.mul(this.factor);
    }
  }
  const loss = valueAndGrad((model: Scale, x: Tensor) => model.forward(x).sum());
  const result = loss(new Scale(), exact([1, 2]));
  expectTypeOf(result).toEqualTypeOf<ValueAndGradient<Scale>>();
  expect(await result.gradient['factor']!.item()).toBe(3);
});

test('the same tensor captured by the function is a constant', async () => {
  const x = exact([2, 3]);
  const { gradient } = valueAndGrad((argument: Tensor) => argument.mul(x).sum())(x);
  expect(await gradient.toArray()).toEqual([2, 3]);
});

test('nests: the derivative of the derivative', async () => {
  const first = valueAndGrad((x: Tensor) => x.pow(4).sum());
  const second = valueAndGrad((x: Tensor) => first(x).gradient.sum());
  const { value, gradient } = second(exact([1, 2]));
  expect(await value.item()).toBe(4 + 32);
  expect(await gradient.toArray()).toEqual([12, 48]);
});

test('compiles, and agrees with grad', async () => {
  const energy = (x: Tensor): Tensor => x.tanh().square().sum();
  const compiled = compile(valueAndGrad(energy));
  const { value, gradient } = await compiled(exact([0.5, -1]));
  const x = exact([0.5, -1]);
  const loss = energy(x);
  const expected = grad(loss, x);
  expect(await value.item()).toBeCloseTo(await loss.item(), 12);
  expect(await gradient.data()).toEqual(await expected.data());
});

test('an argument that the function ignores is an error', () => {
  const ignores = valueAndGrad((_: Tensor) => exact(1));
  expect(() => ignores(exact(2))).toThrow(failure('GRADIENT', /does not depend on/));
});
