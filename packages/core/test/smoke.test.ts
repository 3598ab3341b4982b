import { describe, expect, it, beforeEach } from 'vitest';
import {
  compile,
  inspectPlan,
  planOf,
  relu,
  setDefaultDevice,
  tensor,
  Variable,
  softmax,
  Tensor,
} from '../src/index.js';
import { interpreter } from './support/interpreter.js';

describe('smoke', () => {
  beforeEach(() => setDefaultDevice(interpreter()));
  it('adds', async () => {
    const x = tensor([
      [1, 2, 3],
      [4, 5, 6],
    ]);
    const y = x.mul(2).add(tensor([1, 0, -1]));
    expect(await y.toArray()).toEqual([
      [3, 4, 5],
      [9, 10, 11],
    ]);
    expect(await x.sum().item()).toBe(21);
    expect(await x.transpose().toArray()).toEqual([
      [1, 4],
      [2, 5],
      [3, 6],
    ]);
    expect(await x.matMul(x.transpose()).toArray()).toEqual([
      [14, 32],
      [32, 77],
    ]);
    console.log(inspectPlan(planOf([relu(x.matMul(x.transpose()).add(tensor([1, -100])))])));
    console.log(inspectPlan(planOf([softmax(x)])));
    expect(y.dataSync()).toEqual(new Float32Array([3, 4, 5, 9, 10, 11]));
  });
  it('compiles', async () => {
    const w = new Variable(
      [
        [1, 2],
        [3, 4],
      ],
      { name: 'w' },
    );
    const step = compile((x: Tensor, lr: Tensor) => {
      const y = x.matMul(w);
      w.assign(w.value.sub(y.sum(0, { keepDims: true }).mul(lr)));
      return y;
    });
    const y = await step([[1, 1]], 0.5);
    expect(await y.toArray()).toEqual([[4, 6]]);
    expect(Array.from(await w.data())).toEqual([-1, -1, 1, 1]);
    await step([[1, 1]], 0.5);
    expect(Array.from(await w.data())).toEqual([-1, -1, 1, 1]);
    console.log(inspectPlan(step.plan([[1, 1]], 0.5)));
    expect(step.traces).toBe(1);
  });
});
