import { cpu } from '@gradus/backend-cpu';
import { wasmSync } from '@gradus/backend-wasm';
import { webgpu } from '@gradus/backend-webgpu';
import {
  isFloating,
  setDefaultDevice,
  sizeOf,
  tensor,
  type DataType,
  type Device,
  type Shape,
  type Tensor,
} from '@gradus/core';
import { normal, randomIntegers, randomKey, randomStream } from '@gradus/random';
import { describeWith } from '@gradus/tooling/describe-with';
import { describe, expect } from 'vitest';
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
type Named = Readonly<Record<string, Tensor>>;

/** What is computed in one dtype and then in the other. */
type Build = (draw: Draw, dtype: DataType) => Named;

/** What `build` makes, computed by a device. */
async function computed(
  device: Device,
  dtype: 'float32' | 'float64',
  build: Build,
): Promise<Map<string, number[]>> {
  setDefaultDevice(device);
  const results = new Map<string, number[]>();
  for (const [name, each] of Object.entries(build(drawer(), dtype))) {
    results.set(name, await numbers(each));
  }
  return results;
}

/** Expects float32 on a device to agree with float64 on the CPU to 1e-5 of the largest magnitude. */
export type ExpectAgreement = (build: Build) => Promise<void>;

const agreementOf =
  (device: Device): ExpectAgreement =>
  async (build) => {
    const results = await computed(device, 'float32', build);
    const expected = await computed(cpu(), 'float64', build);
    expect([...results.keys()]).toEqual([...expected.keys()]);
    for (const [name, values] of expected) {
      expect(values.length, name).toBeGreaterThan(0);
      expect(values.every(Number.isFinite), name).toBe(true);
      expectClose(results.get(name)!, values, 1e-5);
    }
  };

/** Defines tests on every device that is to agree with the CPU. */
export async function describeAgreement(
  define: (expectAgreement: ExpectAgreement) => void,
): Promise<void> {
  describe('on WASM agrees with the CPU in float64', () => define(agreementOf(wasmSync())));
  await describeWith(
    'on WebGPU agrees with the CPU in float64',
    () => webgpu(),
    (device) => define(agreementOf(device)),
  );
}
