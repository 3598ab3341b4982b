import { grad } from '@gradus/autograd';
import { isFloating, namedParameters, namedVariables } from '@gradus/core';
import { randomKey } from '@gradus/random';
import { describe, it } from 'vitest';
import { describeAgreement } from './agreement.js';
import { examples } from './examples.js';

// `every-layer.test.ts` sees to it that there is an example of each.
await describeAgreement((expectAgreement) => {
  describe.each(Object.entries(examples))('%s', (_, example) => {
    it.each([
      ['in training', true],
      ['in evaluation', false],
    ])('%s', async (_, training) => {
      await expectAgreement((draw, dtype) => {
        const layer = example.create(dtype);
        for (const variable of Object.values(namedVariables(layer))) {
          if (!isFloating(variable.dtype)) continue;
          const value = draw(variable.shape, dtype);
          // What is no parameter is a statistic: a variance, say.
          variable.assign(variable.trainable ? value : value.square().add(0.125));
        }
        const input = draw([4, ...example.input], example.dtype ?? dtype);
        const output = layer.forward(input, { training, random: randomKey(2) });
        const wanted = { ...namedParameters(layer), ...(isFloating(input.dtype) ? { input } : {}) };
        const gradients = grad(output, wanted, { gradient: draw(output.shape, dtype) });
        const statistics = Object.entries(namedVariables(layer)).flatMap(([name, variable]) =>
          variable.trainable ? [] : [[`statistic ${name}`, variable.value] as const],
        );
        return { output, ...gradients, ...Object.fromEntries(statistics) };
      });
    });
  });
});
