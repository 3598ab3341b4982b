/** Defines one test. The body rejects when the test fails. */
export interface TestFunction {
  (name: string, body: () => Promise<void>): unknown;
  /** Shows a test that cannot run; without it the test passes under a name that says so. */
  readonly skip?: (name: string, body: () => Promise<void>) => unknown;
}

/** What the suites need of a test runner: Vitest, `node:test`, Jest and Mocha all have it. */
export interface TestRunner {
  readonly describe: (name: string, define: () => void) => unknown;
  readonly it: TestFunction;
  /** Called with what cleans up after the tests: `afterAll` of Vitest, `after` of `node:test`. */
  readonly after?: (clean: () => void) => unknown;
}

/** How a run of collected tests went. Names are paths: `cpu › reductions › sum of nothing`. */
export interface TestReport {
  readonly passed: readonly string[];
  readonly skipped: readonly string[];
  readonly failed: readonly { readonly name: string; readonly error: unknown }[];
}

/** A runner without a test framework, and what starts it. */
export interface TestCollector extends TestRunner {
  /** Runs the tests collected so far, one after another, then what was to be called after them. */
  readonly run: (options?: { readonly filter?: (name: string) => boolean }) => Promise<TestReport>;
}

/**
 * A runner that only collects, for where there is no test framework: a page, a worker, a script.
 * Pass it to a suite, then await `run()`.
 */
export function testCollector(): TestCollector {
  const tests: { readonly name: string; readonly body: () => Promise<void> }[] = [];
  const skipped: string[] = [];
  const cleaners: (() => void)[] = [];
  const path: string[] = [];
  const named = (name: string): string => [...path, name].join(' › ');
  const it = (name: string, body: () => Promise<void>): void => {
    tests.push({ name: named(name), body });
  };
  const skip = (name: string): void => {
    skipped.push(named(name));
  };
  const describe = (name: string, define: () => void): void => {
    path.push(name);
    try {
      define();
    } finally {
      path.pop();
    }
  };
  const run: TestCollector['run'] = async ({ filter = () => true } = {}) => {
    const passed: string[] = [];
    const failed: { name: string; error: unknown }[] = [];
    for (const { name, body } of tests) {
      if (!filter(name)) continue;
      try {
        await body();
        passed.push(name);
      } catch (error) {
        failed.push({ name, error });
      }
    }
    for (const clean of cleaners) clean();
    return { passed, skipped, failed };
  };
  return { describe, it: Object.assign(it, { skip }), after: (clean) => cleaners.push(clean), run };
}
