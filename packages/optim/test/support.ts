import { cpu } from '@gradus/backend-cpu';
import { GradusError, setDefaultDevice } from '@gradus/core';
import { beforeAll, expect } from 'vitest';

/** Lets the tests of a file compute. */
export function useCpu(): void {
  beforeAll(() => setDefaultDevice(cpu()));
}

/** Expects values to agree to 1e-5 of the largest magnitude among those expected. */
export function expectClose(values: ArrayLike<number>, expected: readonly number[]): void {
  const scale = Math.max(...expected.map(Math.abs), Number.MIN_VALUE);
  const errors = expected.map((value, index) => Math.abs(value - values[index]!) / scale);
  expect(values.length).toBe(expected.length);
  expect(Math.max(...errors)).toBeLessThan(1e-5);
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
