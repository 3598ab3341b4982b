// node summary.js REPORTS: sums what the runners left there; fails when anything failed.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

const [reports] = process.argv.slice(2);
const read = (name) => readFileSync(join(reports, name), 'utf8');

/** Counts of the tests, of the packaging checks, and of the steps of `.ci/run` itself. */
const counters = {
  tests() {
    const result = JSON.parse(read('vitest.json'));
    // A file that cannot be loaded has no tests that could fail.
    const unloaded = result.testResults.filter(
      ({ status, assertionResults }) => status === 'failed' && assertionResults.length === 0,
    );
    return {
      passed: result.numPassedTests,
      failed: result.numFailedTests + unloaded.length,
      skipped: result.numPendingTests + result.numTodoTests,
    };
  },
  packages: () => JSON.parse(read('packages.json')),
  steps() {
    const steps = read('checks.tsv').trim().split('\n');
    const failed = steps.filter((line) => line.startsWith('failed\t'));
    for (const line of failed) console.log(line.replace('failed\t', '✗ '));
    return { passed: steps.length - failed.length, failed: failed.length, skipped: 0 };
  },
};

const total = { passed: 0, failed: 0, skipped: 0 };
for (const [name, count] of Object.entries(counters)) {
  try {
    const counts = count();
    for (const key of Object.keys(total)) total[key] += counts[key];
  } catch (error) {
    console.log(`✗ no report of ${name}: ${error.message}`);
    total.failed += 1;
  }
}
console.log(`${total.passed} passed, ${total.failed} failed, ${total.skipped} skipped`);
process.exitCode = total.failed === 0 ? 0 : 1;
