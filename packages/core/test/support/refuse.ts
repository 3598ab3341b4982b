import { expect, it } from 'vitest';

/** Something that must throw, and how its message begins. */
export type Refusal = readonly [attempt: () => unknown, message: string];

/** Each attempt throws at once, an error of the class. */
export function refuse(kind: new (message: string) => Error, refusals: readonly Refusal[]): void {
  for (const [attempt, message] of refusals) {
    it(message, () => {
      expect(attempt).toThrow(kind);
      expect(attempt).toThrow(message);
    });
  }
}
