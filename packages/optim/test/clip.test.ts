import { evaluateReference } from '@gradus/conformance';
import { compile, tensor, Variable, type Tensor } from '@gradus/core';
import { describe, expect, it } from 'vitest';
import {
  adam,
  clipByGlobalNorm,
  clipByValue,
  globalNorm,
  sgd,
  type Transform,
} from '../src/index.js';
import { expectClose, expectError, useCpu } from './support.js';

useCpu();

/** What a step of gradient descent at rate 1 subtracts from parameters a and b. */
async function clipped(clip: Transform, a: number[], b: number[] = [0]): Promise<number[]> {
  const model = { a: new Variable(a.map(() => 0)), b: new Variable(b.map(() => 0)) };
  sgd({ learningRate: 1, clip }).update(model, { a: tensor(a), b: tensor(b) });
  return [...(await model.a.data()), ...(await model.b.data())].map((value) => -value + 0);
}

describe('globalNorm', () => {
  it('is the root of all squares', async () => {
    const gradients = { weight: tensor([[2, -3]]), bias: tensor([6]) };
    expect(await globalNorm(gradients).item()).toBe(7);
    expect(await globalNorm(Object.values(gradients)).item()).toBe(7);
    expect(globalNorm(gradients).shape).toEqual([]);
  });

  it('of nothing and of zeros is 0', async () => {
    expect(await globalNorm({}).item()).toBe(0);
    expect(await globalNorm({ w: tensor([0, 0]) }).item()).toBe(0);
  });

  it('is float64 where all gradients are, and never float16', async () => {
    const [single, double] = [tensor([3]), tensor([4], { dtype: 'float64' })];
    expect(globalNorm({ double }).dtype).toBe('float64');
    expect(globalNorm({ single, double }).dtype).toBe('float32');
    expect(await globalNorm({ single, double }).item()).toBe(5);
    expect(await globalNorm({ double: double.mul(1e30) }).item()).toBeCloseTo(4e30, -20);
    const half = tensor([300, 400]).cast('float16');
    expect(globalNorm({ half }).dtype).toBe('float32');
    // By the reference: the CPU backend has no float16.
    expect(evaluateReference([globalNorm({ half })])[0]!.data[0]).toBe(500);
  });

  it('is logged from a compiled step', async () => {
    const w = new Variable([0, 0]);
    const optimizer = sgd({ learningRate: 1, clip: clipByGlobalNorm(1) });
    const step = compile((gradient: Tensor) => {
      optimizer.update({ w }, { w: gradient });
      return globalNorm({ w: gradient });
    });
    expect(await (await step([3, 4])).item()).toBe(5);
    expectClose(await w.data(), [-0.6, -0.8]);
  });
});

describe('clipByGlobalNorm', () => {
  it('shortens all gradients together, and keeps their direction', async () => {
    expectClose(await clipped(clipByGlobalNorm(1), [30, 0], [40]), [0.6, 0, 0.8]);
    expectClose(await clipped(clipByGlobalNorm(10), [-30, 0], [40]), [-6, 0, 8]);
  });

  it('leaves what is within bounds bit for bit', async () => {
    const values = [Math.fround(0.1), Math.fround(-0.3)];
    expect(await clipped(clipByGlobalNorm(0.5), values)).toEqual([...values, 0]);
    expect(await clipped(clipByGlobalNorm(5), [3], [4])).toEqual([3, 4]);
  });

  it('leaves zeros', async () => {
    expect(await clipped(clipByGlobalNorm(1), [0, 0])).toEqual([0, 0, 0]);
  });

  it('shortens what is large, and makes it 0 where the norm overflows', async () => {
    expectClose(await clipped(clipByGlobalNorm(1), [1e19]), [1, 0]);
    expect(await clipped(clipByGlobalNorm(1), [1e30], [1])).toEqual([0, 0]);
  });

  it('does not hide infinity and NaN', async () => {
    expect(await clipped(clipByGlobalNorm(1), [Infinity, 1])).toEqual([NaN, 0, 0]);
    expect(await clipped(clipByGlobalNorm(1), [NaN, 1])).toEqual([NaN, NaN, NaN]);
  });

  it('takes gradients of several dtypes', async () => {
    const model = { a: new Variable(0), b: new Variable(tensor(0, { dtype: 'float64' })) };
    const gradients = { a: tensor(30), b: tensor(40, { dtype: 'float64' }) };
    sgd({ learningRate: 1, clip: clipByGlobalNorm(1) }).update(model, gradients);
    expectClose([await model.a.value.item(), await model.b.value.item()], [-0.6, -0.8]);
  });

  it('comes before weight decay and moments', async () => {
    const w = new Variable([1]);
    const clip = clipByGlobalNorm(0.5);
    sgd({ learningRate: 1, weightDecay: 0.25, clip }).update({ w }, { w: tensor([100]) });
    expectClose(await w.data(), [1 - 0.5 - 0.25]);
    const optimizer = adam({ clip });
    optimizer.update({ w }, { w: tensor([100]) });
    expectClose(await optimizer.namedState({ w })['w.firstMoment']!.data(), [0.05]);
  });

  it.each([0, -1, NaN, Infinity, '1'])('cannot be %j', (maximum) => {
    const message = 'clipByGlobalNorm: maximum must be a positive number';
    expectError(() => clipByGlobalNorm(maximum as number), 'ARGUMENT', message);
  });
});

describe('clipByValue', () => {
  it('bounds every element', async () => {
    const values = await clipped(clipByValue(0.5), [-3, 0.25, 0], [Infinity, -Infinity, NaN]);
    expect(values).toEqual([-0.5, 0.25, 0, 0.5, -0.5, NaN]);
  });

  it.each([0, -1, NaN, Infinity, undefined])('cannot be %j', (limit) => {
    const message = 'clipByValue: limit must be a positive number';
    expectError(() => clipByValue(limit!), 'ARGUMENT', message);
  });
});

it.each([1, null, {}, clipByValue])('clip must be a transform: %#', (clip) => {
  const message = 'adam: clip must be a transform such as clipByGlobalNorm(1), got';
  expectError(() => adam({ clip: clip as never }), 'ARGUMENT', message);
});
