import { grad } from '@gradus/autograd';
import {
  isFloating,
  loadStateDictionary,
  namedParameters,
  realize,
  tensor,
  Variable,
  type DataType,
  type Layer,
  type Tensor,
} from '@gradus/core';
import { expect } from 'vitest';
import { pyTorchNaming } from '../src/index.js';
import { expectClose, numbers } from './support.js';

interface GoldenTensor {
  readonly shape: readonly number[];
  readonly data: readonly number[];
}

type GoldenTensors = Readonly<Partial<Record<string, GoldenTensor>>>;

/** What PyTorch computed, with its own names for the parameters. */
interface GoldenCase {
  readonly name: string;
  readonly parameters: GoldenTensors;
  readonly inputs: GoldenTensors;
  readonly outputs: GoldenTensors;
  /** Of half the sum of squares of all outputs with respect to the inputs. */
  readonly gradients: GoldenTensors;
  readonly parameterGradients: GoldenTensors;
}

/** What a layer makes of named inputs. */
type Pass = (inputs: Readonly<Record<string, Tensor>>) => Readonly<Record<string, Tensor>>;

const tolerances: Partial<Record<DataType, number>> = { float32: 1e-5, float64: 1e-8 };

/**
 * Expects that `layer`, with the parameters of `golden`, makes the same outputs and gradients.
 *
 * @param dataTypes Of the inputs, by name, that are not of the layer's dtype.
 */
export async function expectAgreement(
  golden: GoldenCase,
  layer: Layer,
  pass: Pass,
  dataTypes: Readonly<Partial<Record<string, DataType>>> = {},
): Promise<void> {
  const rename = pyTorchNaming(layer);
  const state = entries(golden.parameters).map(([name, each]) => [name, tensorOf(each, 'float64')]);
  loadStateDictionary(layer, Object.fromEntries(state) as Record<string, Tensor>, { rename });
  const parameters = namedParameters(layer);
  const { dtype } = Object.values(parameters)[0]!;
  const inputs = entries(golden.inputs).map(
    ([name, each]) => [name, new Variable(tensorOf(each, dataTypes[name] ?? dtype))] as const,
  );
  const outputs = pass(Object.fromEntries(inputs.map(([name, { value }]) => [name, value])));
  const squares = Object.values(outputs).map((each) => each.square().sum());
  const loss = squares.reduce((sum, each) => sum.add(each)).div(2);
  const learnt = Object.entries(parameters).map(
    ([name, each]) => [each, golden.parameterGradients[rename(name)]] as const,
  );
  const given = inputs.map(([name, each]) => [each, golden.gradients[name]] as const);
  const targets = [...learnt, ...given.filter(([each]) => isFloating(each.dtype))];
  const gradients = grad(
    loss,
    targets.map(([each]) => each),
  );
  const checks = [
    ...Object.entries(outputs).map(([name, each]) => [each, golden.outputs[name]] as const),
    ...targets.map(([, expected], position) => [gradients[position]!, expected] as const),
  ];
  expect(Object.keys(outputs)).toEqual(Object.keys(golden.outputs));
  // In one plan, which is much faster than one for each.
  await realize(...checks.map(([values]) => values));
  for (const [values, expected] of checks) {
    expect(values.dtype).toBe(dtype);
    expect(values.shape).toEqual(expected?.shape);
    expectClose(await numbers(values), expected!.data, tolerances[dtype]);
  }
}

const entries = (tensors: GoldenTensors) => Object.entries(tensors) as [string, GoldenTensor][];

const tensorOf = ({ shape, data }: GoldenTensor, dtype: DataType): Tensor =>
  tensor(data, { shape, dtype });
