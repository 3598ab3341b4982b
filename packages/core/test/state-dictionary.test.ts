import { beforeEach, describe, expect, it } from 'vitest';
import {
  ArgumentError,
  freeze,
  loadStateDictionary,
  namedParameters,
  parameters,
  setDefaultDevice,
  stateDictionary,
  StateDictionaryError,
  Tensor,
  tensor,
  unfreeze,
  Variable,
} from '../src/index.js';
import { interpreter } from './support/interpreter.js';

beforeEach(() => setDefaultDevice(interpreter()));

class Part {
  readonly weight: Variable;
  readonly mean: Variable;
  readonly count: Variable;
  constructor(first: number) {
    this.weight = new Variable([first, first + 1]);
    this.mean = new Variable([0.5], { trainable: false });
    this.count = new Variable(3, { dtype: 'int32', trainable: false });
  }
}

const model = (first = 1) => ({ encoder: new Part(first), parts: [new Part(first + 10)] });

async function values(state: Record<string, Tensor>): Promise<Record<string, number[]>> {
  const entries = Object.entries(state).map(async ([name, each]) => {
    return [name, Array.from(await each.data())] as const;
  });
  return Object.fromEntries(await Promise.all(entries));
}

function messageOf(run: () => unknown): string {
  try {
    run();
  } catch (error) {
    expect(error).toBeInstanceOf(StateDictionaryError);
    expect((error as StateDictionaryError).code).toBe('STATE_DICTIONARY');
    return (error as Error).message;
  }
  throw new Error('nothing was thrown');
}

describe('stateDictionary', () => {
  it('holds parameters and statistics by path', async () => {
    expect(await values(stateDictionary(model()))).toEqual({
      'encoder.weight': [1, 2],
      'encoder.mean': [0.5],
      'encoder.count': [3],
      'parts.0.weight': [11, 12],
      'parts.0.mean': [0.5],
      'parts.0.count': [3],
    });
  });

  it('keeps the values of its moment', async () => {
    const { encoder } = model();
    const before = stateDictionary(encoder);
    encoder.weight.assign([7, 8]);
    expect((await values(before))['weight']).toEqual([1, 2]);
    loadStateDictionary(encoder, before);
    expect([...(await encoder.weight.data())]).toEqual([1, 2]);
  });

  it('renames, unless two names would be one', () => {
    const upper = stateDictionary(model().encoder, (path) => path.toUpperCase());
    expect(Object.keys(upper)).toEqual(['WEIGHT', 'MEAN', 'COUNT']);
    expect(() => stateDictionary(model(), () => 'x')).toThrow(ArgumentError);
    expect(() => stateDictionary(model(), () => 'x')).toThrow("two variables are renamed to 'x'");
  });
});

describe('loadStateDictionary', () => {
  it('takes over the values of another model', async () => {
    const [source, target] = [model(1), model(5)];
    const report = loadStateDictionary(target, stateDictionary(source));
    expect(report.loaded).toHaveLength(6);
    expect(await values(stateDictionary(target))).toEqual(await values(stateDictionary(source)));
  });

  it('takes host values and casts among floating-point dtypes and among integers', async () => {
    const { encoder } = model();
    loadStateDictionary(encoder, {
      weight: tensor([0.25, -4], { dtype: 'float64' }),
      mean: [9],
      count: tensor(8, { dtype: 'uint32' }),
    });
    expect(await values(stateDictionary(encoder))).toEqual({
      weight: [0.25, -4],
      mean: [9],
      count: [8],
    });
    expect(encoder.weight.dtype).toBe('float32');
  });

  it('lists everything that is amiss, and then loads nothing', async () => {
    const target = model().encoder;
    const message = messageOf(() =>
      loadStateDictionary(target, { weight: [9, 9], mean: [1, 2], bias: [0], extra: 1 }),
    );
    expect(message).toContain('missing: count\n');
    expect(message).toContain('unexpected: bias, extra\n');
    expect(message).toContain('mean (expected float32 [1], got float32 [2])');
    expect([...(await target.weight.data())]).toEqual([1, 2]);
  });

  it('refuses integers for floating-point variables', () => {
    const message = messageOf(() =>
      loadStateDictionary({ w: new Variable([1]) }, { w: new Int32Array([1]) }),
    );
    expect(message).toContain('w (expected float32 [1], got int32 [1])');
  });

  it('loads what fits when it need not be strict, and reports the rest', async () => {
    const target = model().encoder;
    const state = { weight: [9, 9], mean: [1, 2], extra: 1 };
    const report = loadStateDictionary(target, state, { strict: false });
    expect(report).toEqual({
      loaded: ['weight'],
      missing: ['count'],
      unexpected: ['extra'],
      misfits: [
        {
          name: 'mean',
          expected: { shape: [1], dtype: 'float32' },
          given: { shape: [2], dtype: 'float32' },
        },
      ],
    });
    expect([...(await target.weight.data())]).toEqual([9, 9]);
    expect([...(await target.mean.data())]).toEqual([0.5]);
  });

  it('finds values by the names of others', async () => {
    const rename = (path: string) => path.replace('mean', 'running_mean');
    const { encoder } = model();
    loadStateDictionary(encoder, { weight: [0, 0], running_mean: [4], count: 0 }, { rename });
    expect([...(await encoder.mean.data())]).toEqual([4]);
  });

  it('does not mistake what objects inherit for values', () => {
    const target = { constructor: new Variable([1]) };
    expect(messageOf(() => loadStateDictionary(target, {}))).toContain('missing: constructor');
  });
});

describe('freezing', () => {
  it('takes parameters out of training, and lets them in again, but never statistics', () => {
    const whole = model();
    freeze(whole.encoder);
    expect(Object.keys(namedParameters(whole))).toEqual(['parts.0.weight']);
    expect(parameters(whole)).toEqual([whole.parts[0]!.weight]);
    expect(Object.keys(stateDictionary(whole))).toContain('encoder.weight');
    unfreeze(whole);
    expect(Object.keys(namedParameters(whole))).toEqual(['encoder.weight', 'parts.0.weight']);
  });
});
