import { loadStateDictionary, stateDictionary, Variable, type Tensor } from '@gradus/core';
import { describe, expect, it } from 'vitest';
import { Dense, pyTorchNames, pyTorchNaming, Sequential } from '../src/index.js';
import { numbers, useCpu } from './support.js';

useCpu();

class Normalized {
  readonly scale = new Variable([2]);
  readonly runningMean = new Variable([3], { trainable: false });

  get [pyTorchNames]() {
    return { scale: 'weight', runningMean: 'running_mean' };
  }

  forward(input: Tensor): Tensor {
    return input.sub(this.runningMean).mul(this.scale);
  }
}

describe('pyTorchNaming', () => {
  it('renames the variables of the layers that say so, wherever they are', () => {
    const model = new Sequential([new Dense(1, 1), new Sequential([new Normalized()])]);
    const names = Object.keys(stateDictionary(model, pyTorchNaming(model)));
    expect(names).toEqual(['0.weight', '0.bias', '1.0.weight', '1.0.running_mean']);
    const alone = new Normalized();
    expect(Object.keys(stateDictionary(alone, pyTorchNaming(alone)))).toEqual([
      'weight',
      'running_mean',
    ]);
  });

  it('lets a model take a state dictionary of PyTorch', async () => {
    const model = new Sequential([new Normalized()]);
    const state = { '0.weight': [5], '0.running_mean': [-1] };
    loadStateDictionary(model, state, { rename: pyTorchNaming(model) });
    expect(await numbers(model.forward(new Variable([1]).value))).toEqual([10]);
  });
});
