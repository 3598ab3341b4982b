import { grad } from '@gradus/autograd';
import { Variable, type Tensor } from '@gradus/core';
import { expect, it } from 'vitest';
import { Dense, l1Penalty, l2Penalty, Sequential, type PenaltyOptions } from '../src/index.js';
import { expectClose, expectError, numbers, useCpu } from './support.js';

useCpu();

/** Weight [[1, −2]], bias [3], then weight [[−4]], bias [0]. */
const model = new Sequential([
  new Dense(2, 1, { weightInitializer: () => [1, -2], biasInitializer: () => [3] }),
  new Dense(1, 1, { weightInitializer: () => [-4] }),
]);

const weightsOnly: PenaltyOptions = { match: (_, { shape }) => shape.length > 1 };

it('adds up magnitudes, or half the squares, of all parameters', async () => {
  expectClose(await numbers(l1Penalty(model, 0.5)), [5]);
  expectClose(await numbers(l2Penalty(model, 0.5)), [7.5]);
  expect(l2Penalty(model, 0.5).shape).toEqual([]);
});

it('leaves out the parameters that do not match', async () => {
  expectClose(await numbers(l1Penalty(model, 1, weightsOnly)), [7]);
  const second: PenaltyOptions = { match: (name) => name.startsWith('1.') };
  expectClose(await numbers(l2Penalty(model, 1, second)), [8]);
});

it('takes a record or an array of parameters, and one alone', async () => {
  const [a, b] = [new Variable([1, -2]), new Variable([[3]])];
  for (const parameters of [{ a, b }, [a, b]]) {
    expectClose(await numbers(l1Penalty(parameters, 1)), [6]);
  }
  expectClose(await numbers(l2Penalty(a, 1)), [2.5]);
});

it('pulls by factor · sign w, or by factor · w as weight decay does', async () => {
  const w = new Variable([2, -3, 0]);
  const gradients = async (penalty: Tensor) => numbers(grad(penalty, w));
  expectClose(await gradients(l1Penalty({ w }, 0.5)), [0.5, -0.5, 0]);
  expectClose(await gradients(l2Penalty({ w }, 0.5)), [1, -1.5, 0]);
});

it('leaves frozen parameters and statistics alone', async () => {
  const w = new Variable([2]);
  const frozen = new Variable([5], { trainable: false });
  expectClose(await numbers(l1Penalty({ w, frozen }, 1)), [2]);
});

it('computes in the dtype of the parameters', () => {
  expect(l1Penalty(new Dense(2, 2, { dtype: 'float64' }), 1).dtype).toBe('float64');
});

it.each([
  ['l1Penalty', l1Penalty],
  ['l2Penalty', l2Penalty],
] as const)('%s says what is wrong', (name, penalty) => {
  const fails = (run: () => unknown, message: string, code = 'ARGUMENT') =>
    expectError(run, code, `${name}: ${message}`);
  fails(() => penalty(model, -1), 'factor must be a finite number that is not negative, got -1.');
  fails(() => penalty(model, NaN), 'factor must be a finite number that is not negative, got NaN.');
  fails(() => penalty({}, 1), 'the model has no trainable parameters.');
  fails(
    () => penalty(model, 1, { match: () => false }),
    'match left none of the parameters 0.weight, 0.bias, 1.weight, 1.bias.',
  );
  fails(
    () => penalty(model, 1, { match: 'weight' as never }),
    "match must be a function such as (name, parameter) => parameter.shape.length > 1, got 'weight'.",
  );
  fails(
    () => penalty(model, 1, { decay: weightsOnly } as PenaltyOptions),
    "unknown option 'decay'; there are match.",
  );
  const mixed = { a: new Variable([1]), b: new Variable([1], { dtype: 'float64' }) };
  fails(() => penalty(mixed, 1), 'the parameters are float32 and float64; use match', 'DTYPE');
});
