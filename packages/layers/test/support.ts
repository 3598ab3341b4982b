import { cpu } from '@gradus/backend-cpu';
import { GradusError, setDefaultDevice, type Tensor } from '@gradus/core';
import { beforeAll, expect } from 'vitest';

/** Lets the tests of a file compute. */
export function useCpu(): void {
  beforeAll(() => setDefaultDevice(cpu()));
}

/** The values of a tensor as plain numbers, row by row. */
export async function numbers(tensor: Tensor): Promise<number[]> {
  return Array.from(await tensor.data());
}

/** Expects values to agree to `tolerance` times the largest magnitude among those expected. */
export function expectClose(
  values: ArrayLike<number>,
  expected: readonly number[],
  tolerance = 1e-5,
): void {
  const scale = Math.max(...expected.map(Math.abs), Number.MIN_VALUE);
  const errors = expected.map((value, index) => Math.abs(value - values[index]!) / scale);
  expect(values.length).toBe(expected.length);
  expect(Math.max(...errors)).toBeLessThan(tolerance);
}

/** Expects an error of Gradus with a code and a message. */
export function expectError(run: () => unknown, code: string, message: string | RegExp): void {
  let thrown: unknown;
  try {
    run();
  } catch (error) {
    thrown = error;
  }
  expect(thrown).toBeInstanceOf(GradusError);
  expect((thrown as GradusError).code).toBe(code);
  expect((thrown as GradusError).message).toMatch(message);
}
