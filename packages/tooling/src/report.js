import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';

/** Counts checks and remembers why some failed. */
export class Report {
  /** @type {string[]} */
  passed = [];
  /** @type {{ name: string, message: string }[]} */
  failed = [];

  /**
   * Runs one check; it fails when it throws.
   *
   * @param {string} name
   * @param {() => unknown} check
   */
  async check(name, check) {
    try {
      await check();
      this.passed.push(name);
    } catch (error) {
      const {
        stdout = '',
        stderr = '',
        message,
      } = /** @type {Error & Record<string, string>} */ (error);
      this.failed.push({ name, message: `${stdout}${stderr}`.trim() || message });
    }
  }

  /** One line, preceded by what failed. */
  toString() {
    const failures = this.failed.map(({ name, message }) => `✗ ${name}\n${message}\n`);
    const counts = `${this.passed.length} passed, ${this.failed.length} failed`;
    return [...failures, counts].join('\n');
  }

  /**
   * Leaves the counts for `.ci/run`.
   *
   * @param {string} path
   */
  write(path) {
    mkdirSync(dirname(path), { recursive: true });
    const counts = { passed: this.passed.length, failed: this.failed.length, skipped: 0 };
    writeFileSync(path, `${JSON.stringify({ ...counts, failures: this.failed }, null, 2)}\n`);
  }
}
