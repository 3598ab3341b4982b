import { cpu } from '@gradus/backend-cpu';
import {
  compile,
  concat,
  iota,
  setDefaultDevice,
  sizeOf,
  tensor,
  type Shape,
  type Tensor,
} from '@gradus/core';
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { grad } from '../src/index.js';

/** Computes on the CPU, in whose float64 finite differences are accurate. */
export function useCpu(): void {
  setDefaultDevice(cpu());
}

/** A function of tensors. */
export type Operation = (...inputs: Tensor[]) => Tensor;

/** An operation with its attributes chosen, and inputs for it. */
export interface Example {
  readonly operation: Operation;
  readonly inputs: readonly Values[];
}

/** The primitives of a part of the rule table through which gradients pass. */
export type Differentiable<Rules> = {
  [Name in keyof Rules]: Rules[Name] extends readonly [] ? never : Name;
}[keyof Rules];

/** Float64 values with a shape. */
export interface Values {
  readonly data: Float64Array;
  readonly shape: Shape;
}

/** Shapes of exactly `rank` axes. */
export const shapesOfRank = (rank: number): fc.Arbitrary<number[]> =>
  fc.array(fc.noBias(fc.integer({ min: 1, max: 4 })), { minLength: rank, maxLength: rank });

/** Shapes of up to three axes, without fast-check's preference for small ones. */
export const shapes = fc.noBias(fc.nat({ max: 3 })).chain(shapesOfRank);

/**
 * Values in (minimum, maximum), no closer than 1/4000 to a multiple of 1/1000 and to values with
 * another `offset`: kinks and ties are tested apart.
 */
export function valuesOf(
  shape: Shape,
  [minimum, maximum]: readonly [number, number] = [-2, 2],
  offset = 0.5,
): fc.Arbitrary<Values> {
  const length = sizeOf(shape);
  const thousandths = fc.integer({ min: minimum * 1000, max: maximum * 1000 - 1 });
  return fc
    .array(thousandths, { minLength: length, maxLength: length })
    .map((list) => ({ data: Float64Array.from(list, (n) => (n + offset) / 1000), shape }));
}

/** Distinct values, at least 1/1000 apart. */
export function distinctValuesOf(shape: Shape): fc.Arbitrary<Values> {
  const length = sizeOf(shape);
  return fc
    .uniqueArray(fc.integer({ min: -2000, max: 2000 }), { minLength: length, maxLength: length })
    .map((list) => ({ data: Float64Array.from(list, (n) => n / 1000), shape }));
}

/** A shape that broadcasts to `shape`: some leading axes missing, some extents 1. */
export function broadcastable(shape: Shape): fc.Arbitrary<number[]> {
  const kept = fc.array(fc.boolean(), { minLength: shape.length, maxLength: shape.length });
  return fc
    .tuple(kept, fc.nat({ max: shape.length }))
    .map(([keep, dropped]) => shape.map((n, axis) => (keep[axis]! ? n : 1)).slice(dropped));
}

/** Some of the axes of a tensor, in order. */
export const axesOf = (shape: Shape): fc.Arbitrary<number[]> =>
  fc.subarray(shape.map((_, axis) => axis));

/** Runs a property; fast-check prints the seed and the smallest failure. */
async function forAll<Value>(
  arbitrary: fc.Arbitrary<Value>,
  check: (value: Value) => Promise<void>,
  runs = 20,
): Promise<void> {
  await fc.assert(fc.asyncProperty(arbitrary, check), { seed: 20_260_725, numRuns: runs });
}

/** Σ weight · x with a different weight for every element, so that no two can be confused. */
function weighted(x: Tensor): Tensor {
  const place = iota([x.size], 0, 'int32').cast(x.dtype);
  return x.reshape([x.size]).mul(place.mul(1.7).add(0.4).sin()).sum();
}

/** The gradients of `weighted(operation(…))` for all inputs, in one vector. */
function gradients(operation: Operation): Operation {
  return (...inputs) => {
    const all = grad(weighted(operation(...inputs)), inputs);
    return concat(all.map((each) => each.reshape([each.size])));
  };
}

/** Compares the gradient that the rules give with central differences at `inputs`. */
export async function checkGradient(
  operation: Operation,
  inputs: readonly Values[],
  tolerance = 1e-6,
): Promise<void> {
  const loss = compile((...args: Tensor[]) => weighted(operation(...args)));
  const found = await gradients(operation)(...inputs.map(float64)).data();
  const expected: number[] = [];
  for (const [position, { data, shape }] of inputs.entries()) {
    for (const place of data.keys()) {
      const moved = async (step: number): Promise<number> => {
        const changed = data.with(place, data[place]! + step);
        return (await loss(...inputs.with(position, { data: changed, shape }))).item();
      };
      expected.push((await moved(difference)) - (await moved(-difference)));
    }
  }
  const differences = expected.map((change) => change / (2 * difference));
  const scale = Math.max(1, ...differences.map(Math.abs));
  expect(found.length).toBe(differences.length);
  found.forEach((value, place) => {
    expect(Math.abs(value - differences[place]!) / scale, `element ${place}`).toBeLessThan(
      tolerance,
    );
  });
}

const difference = 1e-5;

/**
 * Tests first derivatives, and second ones of the operation applied to squares, which are not 0
 * even where it is linear.
 */
export function describeRules(
  examples: Readonly<Record<string, fc.Arbitrary<Example>>>,
  onceOnly: readonly string[] = [],
): void {
  describe.each(Object.entries(examples))('%s', (name, arbitrary) => {
    test('agrees with finite differences', () =>
      forAll(arbitrary, ({ operation, inputs }) => checkGradient(operation, inputs)));

    if (onceOnly.includes(name)) return;
    test('and so does its second derivative', () =>
      forAll(
        arbitrary,
        ({ operation, inputs }) => {
          const ofSquares: Operation = (...args) => operation(...args.map((x) => x.square()));
          return checkGradient(gradients(ofSquares), inputs, 1e-5);
        },
        8,
      ));
  });
}

/** A float64 tensor. */
const float64 = ({ data, shape }: Values): Tensor => tensor({ data, shape });

/** A float64 tensor from nested arrays. */
export const exact = (values: Parameters<typeof tensor>[0]): Tensor =>
  tensor(values, { dtype: 'float64' });

/** What an error must look like: its code, and a part of its message. */
export function failure(code: string, message: string | RegExp): unknown {
  return expect.objectContaining({
    code,
    message: expect.stringMatching(message) as string,
  });
}
