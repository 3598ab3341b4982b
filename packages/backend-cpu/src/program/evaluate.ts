import type { ScalarFunction } from '@gradus/core/backend';

let allowed: boolean | undefined;

/**
 * Whether this page lets code be made from strings: a content-security policy without
 * `'unsafe-eval'` does not. Asked once, and only when somebody compiles, since a page that forbids
 * it may also report the attempt.
 */
export function canEvaluate(): boolean {
  if (allowed === undefined) {
    try {
      evaluate('() => 0', []);
      allowed = true;
    } catch {
      allowed = false;
    }
  }
  return allowed;
}

/** The value of a JavaScript expression, in which `functions` are called `f0`, `f1`, … */
export function evaluate(expression: string, functions: readonly ScalarFunction[]): unknown {
  const names = functions.map((_, position) => `f${position}`);
  const make = new Function(...names, `"use strict";\nreturn ${expression};`);
  return (make as (...functions: ScalarFunction[]) => unknown)(...functions);
}
