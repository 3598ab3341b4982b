import { customGradient, Variable, variance, type Layer, type Tensor } from '@gradus/core';
import { afterAll, describe, expect, it } from 'vitest';
import { layerSuite, testCollector, type LayerSuiteOptions } from '../src/index.js';
import { Inputs } from '../src/inputs.js';

let made = 0;

/** Normalises rows, then scales them: parameters that differ in each instance, and a statistic. */
class Scale implements Layer {
  readonly gain = new Variable(new Inputs(made++).tensor([4]), { name: 'gain' });
  readonly count = new Variable(1, { name: 'count', trainable: false });

  forward(x: Tensor): Tensor {
    const centred = x.sub(x.mean(-1, { keepDims: true }));
    const deviation = variance(x, -1, { keepDims: true }).add(1e-5).sqrt();
    return centred.div(deviation).mul(this.gain).mul(this.count);
  }
}

const right: LayerSuiteOptions = {
  create: () => new Scale(),
  inputShape: [3, 4],
  outputShape: [3, 4],
  parameters: { gain: [4] },
};

layerSuite({ describe, it, after: afterAll }, right);

/** The titles of the tests that fail for a layer that differs from `Scale` in one thing. */
async function failures(changes: Partial<LayerSuiteOptions>): Promise<string[]> {
  const collector = testCollector();
  layerSuite(collector, { ...right, name: 'layer', ...changes });
  const { failed } = await collector.run();
  return failed.map(({ name }) => name.replace('layer › ', ''));
}

const layer = (forward: (x: Tensor, scale: Scale) => Tensor): Partial<LayerSuiteOptions> => ({
  create: () => {
    const scale = new Scale();
    return Object.assign(scale, { forward: (x: Tensor) => forward(x, scale) });
  },
});

const plain = Scale.prototype;

describe('the layer suite notices', () => {
  it('nothing where all is right', async () => {
    expect(await failures({})).toEqual([]);
  });
  it('a wrong output shape', async () => {
    expect(await failures({ outputShape: [3, 5] })).toEqual([
      'has the output shape and parameters that it should',
    ]);
  });
  it('another parameter than was announced', async () => {
    expect(await failures({ parameters: { gain: [4], bias: [4] } })).toEqual([
      'has the output shape and parameters that it should',
    ]);
  });
  it('a wrong gradient', async () => {
    const wrong = layer((x, scale) =>
      customGradient(
        [x],
        (each) => plain.forward.call(scale, each),
        (gradient) => [gradient],
      ),
    );
    expect(await failures(wrong)).toContain('has the gradients that central differences have');
  });
  it('randomness without a key', async () => {
    expect(await failures(layer((x, scale) => x.mul(scale.gain).add(Math.random())))).toContain(
      'gives the same answer twice',
    );
  });
  it('rows that mix', async () => {
    expect(await failures(layer((x, scale) => x.sub(x.mean(0)).mul(scale.gain)))).toEqual([
      'treats each row of a batch alone',
    ]);
  });
  it('state that is not in variables', async () => {
    const hidden = (): Partial<LayerSuiteOptions> => ({
      create: () => {
        const [scale, shift] = [new Scale(), made];
        return Object.assign(scale, { forward: (x: Tensor) => x.add(shift).mul(scale.gain) });
      },
    });
    expect(await failures(hidden())).toEqual(['can be restored from its state']);
  });
});
