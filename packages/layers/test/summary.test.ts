import {
  conv2d,
  freeze,
  relu,
  Variable,
  zeros,
  type ForwardContext,
  type Layer,
  type Tensor,
} from '@gradus/core';
import { describe, expect, it } from 'vitest';
import { Dense, Dropout, Flatten, Sequential, summary } from '../src/index.js';
import { expectError } from './support.js';

/** A container that computes and holds something itself: f(x M) M + x. */
class Mixed implements Layer {
  readonly mixing = new Variable(zeros([4, 4]));
  readonly statistic = new Variable([0, 0], { trainable: false });
  readonly inner: Layer;

  constructor(inner: Layer) {
    this.inner = inner;
  }

  forward(input: Tensor, context?: ForwardContext): Tensor {
    const mixed = input.matMul(this.mixing);
    return this.inner.forward(mixed, context).matMul(this.mixing).add(input);
  }
}

const work = (model: Layer, shape: readonly number[]) =>
  summary(model, shape).layers.map(({ path, parameters, multiplyAdds }) => {
    return { path, parameters, multiplyAdds };
  });

describe('summary', () => {
  it('prints a table of layers', () => {
    const hidden = new Dense(784, 100, { activation: relu });
    const model = new Sequential([new Flatten(), hidden, new Dropout(0.25), new Dense(100, 10)]);
    const expected = [
      'layer                     output    parameters  multiply-adds',
      '────────────────────────  ────────  ──────────  ─────────────',
      '0: Flatten()              [2, 784]           0              0',
      '1: Dense(784, 100, relu)  [2, 100]      78,500        156,800',
      '2: Dropout(0.25)          [2, 100]           0              0',
      '3: Dense(100, 10)         [2, 10]        1,010          2,000',
      '────────────────────────  ────────  ──────────  ─────────────',
      'total                                   79,510        158,800',
      'input [2, 28, 28], trainable 79,510',
    ];
    expect(String(summary(model, [2, 28, 28]))).toBe(expected.join('\n'));
  });

  it('tells trainable, frozen and statistics apart', () => {
    const model = new Mixed(new Dense(4, 4));
    freeze(model.inner);
    const { trainable, frozen, statistics, inputShape, outputShape } = summary(model, [3, 4]);
    expect({ trainable, frozen, statistics }).toEqual({ trainable: 16, frozen: 20, statistics: 2 });
    expect([inputShape, outputShape]).toEqual([
      [3, 4],
      [3, 4],
    ]);
    expect(String(summary(model, [3, 4]))).toMatch(/trainable 16, frozen 20, statistics 2$/);
  });

  it('counts the work of a container as its own, before and after the layers in it', () => {
    expect(work(new Mixed(new Dense(4, 4)), [3, 4])).toEqual([
      { path: '', parameters: 18, multiplyAdds: 96 },
      { path: 'inner', parameters: 20, multiplyAdds: 48 },
    ]);
  });

  it('lists a layer that is called twice twice, and its parameters once', () => {
    const shared = new Dense(4, 4);
    expect(work(new Sequential([shared, shared]), [1, 4])).toEqual([
      { path: '0', parameters: 20, multiplyAdds: 16 },
      { path: '0', parameters: 0, multiplyAdds: 16 },
    ]);
  });

  it('counts convolutions by their filters', () => {
    const filter = new Variable(zeros([6, 2, 3, 5]));
    const model = {
      filter,
      forward: (x: Tensor) => conv2d(x, filter, { groups: 2, padding: 'same', stride: 2 }),
    };
    expect(work(model, [2, 4, 8, 6])).toEqual([
      { path: '', parameters: 180, multiplyAdds: 2 * 6 * 4 * 3 * (2 * 3 * 5) },
    ]);
  });

  it('passes the input in the dtype asked for', () => {
    const dtypes: string[] = [];
    const model: Layer = {
      forward: (x) => {
        dtypes.push(x.dtype);
        return x.cast('float32');
      },
    };
    summary(model, [1], { dtype: 'int32' });
    expect(dtypes).toEqual(['int32']);
  });

  it('refuses options that there are not', () => {
    const misspelt = { dataType: 'int32' } as never;
    expectError(
      () => summary(new Flatten(), [1], misspelt),
      'ARGUMENT',
      "summary: unknown option 'dataType'; there are dtype.",
    );
  });

  it('leaves the layers as they were, also when the shape does not fit', () => {
    const layer = new Dense(4, 2);
    const frozen = Object.freeze(new Flatten());
    const model = new Sequential([frozen, layer]);
    summary(model, [1, 4]);
    expectError(() => summary(model, [1, 5]), 'SHAPE', 'Dense(4, 2): expected the last axis');
    expect(Object.hasOwn(layer, 'forward')).toBe(false);
    expect(Object.hasOwn(model, 'forward')).toBe(false);
    const own = { forward: (x: Tensor) => x };
    const { forward } = own;
    summary(own, [1]);
    expect(own.forward).toBe(forward);
  });
});
