import { checkGradients, layerSuite } from '@gradus/conformance';
import {
  asTensor,
  namedParameters,
  sizeOf,
  tensor,
  Variable,
  zeros,
  type DataType,
  type Layer,
  type Shape,
  type Tensor,
} from '@gradus/core';
import { normal, randomKey } from '@gradus/random';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { crossEntropy, Dense, GRU, LSTM, type RecurrentOptions } from '../src/index.js';
import { lossAfter } from './descent.js';
import goldenGru from './fixtures/gru.json' with { type: 'json' };
import goldenLstm from './fixtures/lstm.json' with { type: 'json' };
import { expectAgreement } from './golden.js';
import { expectClose, expectError, numbers, useCpu } from './support.js';

useCpu();

const drawn = (seed: number, shape: Shape): Tensor =>
  tensor(normal(randomKey(seed), sizeOf(shape)), { shape });

interface Kind {
  readonly name: 'LSTM' | 'GRU';
  readonly gates: number;
  readonly states: readonly string[];
  readonly golden: typeof goldenGru.cases | typeof goldenLstm.cases;
  readonly make: (inFeatures: number, hidden: number, options?: RecurrentOptions) => LSTM | GRU;
}

const kinds: Kind[] = [
  {
    name: 'LSTM',
    gates: 4,
    states: ['hidden', 'cell'],
    golden: goldenLstm.cases,
    make: (...args) => new LSTM(...args),
  },
  {
    name: 'GRU',
    gates: 3,
    states: ['hidden'],
    golden: goldenGru.cases,
    make: (...args) => new GRU(...args),
  },
];

/** A run from a state that may have more than this kind of layer needs. */
function run(layer: LSTM | GRU, input: Tensor, state?: Readonly<Record<string, Tensor>>) {
  const result = layer.run(input, state);
  const after: Readonly<Record<string, Tensor>> = result.state;
  return { output: result.output, state: after };
}

describe.each(kinds)('$name', ({ name, gates, states, golden, make }) => {
  layerSuite(
    { describe, it },
    {
      create: () => make(3, 2),
      inputShape: [2, 4, 3],
      outputShape: [2, 4, 2],
      parameters: {
        inputWeight: [2 * gates, 3],
        recurrentWeight: [2 * gates, 2],
        inputBias: [2 * gates],
        recurrentBias: [2 * gates],
      },
      gradients: { order: 2, maximumElements: 8 },
    },
  );

  describe.each<DataType>(['float32', 'float64'])('in %s', (dtype) => {
    it.each([...golden])('agrees with PyTorch: $name', async ({ config, ...each }) => {
      const layer = make(3, 2, { ...config, dtype });
      await expectAgreement(each, layer, ({ input, ...initial }) => {
        const given = Object.keys(initial).length === 0 ? undefined : initial;
        const { output, state } = run(layer, input!, given);
        return { output, ...state };
      });
    });
  });

  it('puts the last step out when asked', async () => {
    const random = randomKey(1);
    const input = drawn(1, [2, 5, 3]);
    const whole = make(3, 4, { random }).forward(input);
    const last = make(3, 4, { random, output: 'last' }).forward(input);
    expect(last.shape).toEqual([2, 4]);
    expect(await numbers(last)).toEqual(await numbers(whole.at(null, -1)));
  });

  it('goes on from the state that a run left', async () => {
    const layer = make(3, 4, { random: randomKey(1) });
    const input = drawn(1, [2, 5, 3]);
    const whole = run(layer, input);
    const first = run(layer, input.at(null, [0, 2]));
    const second = run(layer, input.at(null, [2]), first.state);
    expectClose(await numbers(first.output), await numbers(whole.output.at(null, [0, 2])));
    expectClose(await numbers(second.output), await numbers(whole.output.at(null, [2])));
    for (const state of states) {
      expectClose(await numbers(second.state[state]!), await numbers(whole.state[state]!));
    }
  });

  it('takes a state from the host, or one that is learnt', async () => {
    const layer = make(1, 1, { random: randomKey(1) });
    const from = (value: number[][] | Variable) =>
      numbers(layer.run(zeros([1, 1, 1]), { hidden: value, cell: value }).output);
    expect(await from([[2]])).toEqual(await from(new Variable([[2]])));
    expect(await from([[2]])).not.toEqual(await numbers(layer.forward(zeros([1, 1, 1]))));
  });

  it('is where it began after no steps', async () => {
    const input = zeros([2, 0, 3]);
    const begin = Object.fromEntries(states.map((state, seed) => [state, drawn(seed, [2, 4])]));
    const whole = run(make(3, 4), input, begin);
    expect(whole.output.shape).toEqual([2, 0, 4]);
    expect(whole.state).toEqual(begin);
    const last = run(make(3, 4, { output: 'last' }), input, begin);
    expect(last.output).toBe(begin['hidden']);
    const fromZeros = make(3, 4, { output: 'last' }).forward(input);
    expect(await numbers(fromZeros)).toEqual(new Array(8).fill(0));
  });

  it('takes no examples', async () => {
    const layer = make(3, 4);
    expect(await numbers(layer.forward(zeros([0, 5, 3])))).toEqual([]);
    expect(layer.forward(zeros([0, 5, 3])).shape).toEqual([0, 5, 4]);
  });

  it('has the gradients that central differences have, for any sizes and options', async () => {
    const size = (max: number) => fc.integer({ min: 1, max });
    const cases = fc.record({
      shape: fc.tuple(size(2), size(4), size(2)),
      hidden: size(2),
      options: fc.record({
        bias: fc.boolean(),
        output: fc.constantFrom('sequence' as const, 'last' as const),
      }),
      seed: fc.nat(1000),
    });
    await fc.assert(
      fc.asyncProperty(cases, async ({ shape, hidden, options, seed }) => {
        const layer = make(shape[2], hidden, { ...options, random: randomKey(seed) });
        const initial = states.map((_, index) => drawn(seed + index, [shape[0], hidden]));
        const compute = (input: Tensor, ...given: Tensor[]) => {
          const begin = Object.fromEntries(states.map((state, index) => [state, given[index]!]));
          const { output, state } = run(layer, input, begin);
          return states.reduce((sum, each) => sum.add(state[each]!.square().sum()), output.sum());
        };
        const parameters = namedParameters(layer);
        const inputs = [drawn(seed + 2, shape), ...initial];
        await checkGradients(compute, inputs, { parameters, order: 2, maximumElements: 6 });
      }),
      { numRuns: 8 },
    );
  });

  it('remembers the first of a sequence, of which the last step knows nothing', async () => {
    // Every sequence of five zeros and ones; which came first?
    const sequences = Array.from({ length: 32 }, (_, code) =>
      Array.from({ length: 5 }, (_bit, place) => (code >> place) & 1),
    );
    const input = asTensor(sequences).expandDims(2);
    const answers = sequences.map(([first]) => first!);
    const lossOf = (layers: readonly [Layer, Layer], x: Tensor) => {
      const loss = () => crossEntropy(layers[1].forward(layers[0].forward(x)), answers);
      return lossAfter(300, { model: layers, loss, rate: 1 });
    };
    const [first, second] = randomKey(1).split(2);
    const layer = make(1, 6, { output: 'last', random: first });
    expect(await lossOf([layer, new Dense(6, 2, { random: second })], input)).toBeLessThan(0.05);
    const dense = new Dense(1, 6, { random: first });
    const last = input.at(null, -1);
    const guess = await lossOf([dense, new Dense(6, 2, { random: second })], last);
    expect(guess).toBeGreaterThan(Math.log(2) - 1e-4);
  });

  it('begins with uniform parameters, each from a key of its own', async () => {
    const layer = make(25, 25, { random: randomKey(1) });
    const parameters = Object.values(namedParameters(layer));
    const values = await Promise.all(parameters.map((each) => numbers(each.value)));
    for (const each of values) {
      const greatest = Math.max(...each.map(Math.abs));
      expect(greatest).toBeLessThanOrEqual(0.2);
      expect(greatest).toBeGreaterThan(0.18);
    }
    expect(new Set(values.map(([value]) => value)).size).toBe(4);
    expect(layer.inputWeight.name).toBe(`${name}(25, 25).inputWeight`);
  });

  it('takes initialisers, and knows its fans', async () => {
    const layer = make(3, 2, {
      inputWeightInitializer: (shape, { fanIn }) => new Array<number>(sizeOf(shape)).fill(fanIn),
      recurrentWeightInitializer: (shape, { fanOut }) =>
        new Array<number>(sizeOf(shape)).fill(fanOut),
      biasInitializer: (shape) => new Array<number>(sizeOf(shape)).fill(7),
    });
    const firsts = Object.values(namedParameters(layer)).map(
      async (each) => (await numbers(each.value))[0],
    );
    expect(await Promise.all(firsts)).toEqual([3, 2 * gates, 7, 7]);
  });

  it('has no biases when asked', () => {
    const layer = make(3, 2, { bias: false });
    expect(Object.keys(namedParameters(layer))).toEqual(['inputWeight', 'recurrentWeight']);
  });

  describe('errors', () => {
    const layer = make(3, 2);
    const state = (shape: Shape, dtype?: DataType) => () =>
      layer.run(zeros([4, 5, 3]), { hidden: zeros(shape, dtype), cell: zeros([4, 2]) });

    it('name what was expected and given', () => {
      const forward = (shape: Shape, dtype?: DataType) => () => layer.forward(zeros(shape, dtype));
      const expected = `${name}(3, 2): expected input to be [batch, time, 3], got`;
      expectError(forward([5, 3]), 'SHAPE', `${expected} [5, 3].`);
      expectError(forward([4, 5, 2]), 'SHAPE', `${expected} [4, 5, 2].`);
      const cast = "expected float32 input, got float64; cast it: x.cast('float32').";
      expectError(forward([4, 5, 3], 'float64'), 'DTYPE', cast);
      const hidden = 'expected initialState.hidden to be [4, 2], got [1, 2].';
      expectError(state([1, 2]), 'SHAPE', `${name}(3, 2): ${hidden}`);
      const wide = 'expected float32 initialState.hidden, got float64';
      expectError(state([4, 2], 'float64'), 'DTYPE', wide);
    });

    it('name what a state lacks', () => {
      const missing = () => run(layer, zeros([4, 5, 3]), { cell: zeros([4, 2]) });
      const message = `${name}(3, 2): expected initialState to have ${states.join(' and ')}, got { cell }.`;
      expectError(missing, 'ARGUMENT', message);
    });

    it.each<[unknown[], string]>([
      [[0, 2], `${name}: inFeatures must be a positive integer, got 0.`],
      [[3, -1], `${name}: hiddenFeatures must be a positive integer, got -1.`],
      [[3, 2, { output: 'first' }], "(3, 2): output must be 'sequence' or 'last', got 'first'."],
      [[3, 2, { bias: 0 }], '(3, 2): bias must be true or false, got 0.'],
      [[3, 2, { inputWeightInitializer: 1 }], 'inputWeightInitializer must be a function'],
      [[3, 2, { recurrentWeightInitializer: 1 }], 'recurrentWeightInitializer must be a'],
      [[3, 2, { biasInitializer: [] }], 'biasInitializer must be a function'],
      [[3, 2, { dtype: 'uint8' }], 'dtype must be a floating-point one, got uint8.'],
      [[3, 2, { random: 7 }], 'random must be a key with known words'],
    ])('reject the arguments %j', (args, message) => {
      expectError(() => Reflect.apply(make, undefined, args) as Layer, 'ARGUMENT', message);
    });

    it('reject unknown options, which do not compile', () => {
      // @ts-expect-error -- it is called output.
      const unknown = () => make(3, 2, { returnSequences: true });
      expectError(unknown, 'ARGUMENT', "unknown option 'returnSequences'; there are output, bias,");
    });
  });

  it('says what it is', () => {
    expect(String(make(28, 64))).toBe(`${name}(28, 64)`);
  });
});
