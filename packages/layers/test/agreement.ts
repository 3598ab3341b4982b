import { cpu } from '@gradus/backend-cpu';
import { wasmSync } from '@gradus/backend-wasm';
import {
  isFloating,
  setDefaultDevice,
  sizeOf,
  tensor,
  type DataType,
  type Shape,
  type Tensor,
} from '@gradus/core';
import { normal, randomIntegers, randomKey, randomStream } from '@gradus/random';
import { expect } from 'vitest';
import { expectClose, numbers } from './support.js';

/** Normal numbers that float32 holds, or integers in [0, 3). */
export type Draw = (shape: Shape, dtype: DataType) => Tensor;

/** Draws the same numbers in the same order each time that one is made. */
function drawer(): Draw {
  const keys = randomStream(randomKey(1));
  return (shape, dtype) => {
    const size = sizeOf(shape);
    const values = isFloating(dtype)
      ? normal(keys.next(), size)
      : randomIntegers(keys.next(), size, 0, 3);
    return tensor(values, { shape, dtype });
  };
}

/** Tensors by name. */
export type Named = Readonly<Record<string, Tensor>>;

const devices = { float32: wasmSync(), float64: cpu() } as const;

/** What `build` makes, computed in float32 by WASM or in float64 by the CPU. */
async function computed(
  dtype: keyof typeof devices,
  build: (draw: Draw, dtype: DataType) => Named,
): Promise<Map<string, number[]>> {
  setDefaultDevice(devices[dtype]);
  const results = new Map<string, number[]>();
  for (const [name, each] of Object.entries(build(drawer(), dtype))) {
    results.set(name, await numbers(each));
  }
  return results;
}

/** Expects float32 on WASM to agree with float64 on the CPU to 1e-5 of the largest magnitude. */
export async function expectAgreement(
  build: (draw: Draw, dtype: DataType) => Named,
): Promise<void> {
  const results = await computed('float32', build);
  const expected = await computed('float64', build);
  expect([...results.keys()]).toEqual([...expected.keys()]);
  for (const [name, values] of expected) {
    expect(values.length, name).toBeGreaterThan(0);
    expect(values.every(Number.isFinite), name).toBe(true);
    expectClose(results.get(name)!, values, 1e-5);
  }
}
