import { CpuBackend } from '@gradus/backend-cpu';
import { describe, expect, it } from 'vitest';
import { backendSuite, testCollector } from '../src/index.js';
import { limited } from './support/wrap.js';

describe('testCollector', () => {
  it('names tests by path, keeps failures, cleans up after all', async () => {
    const events: string[] = [];
    const { run, ...runner } = testCollector();
    runner.describe('outer', () => {
      runner.it('first', async () => void events.push('first'));
      runner.describe('inner', () => {
        runner.it('second', () => Promise.reject(new Error('no')));
        runner.it.skip?.('third', () => Promise.resolve());
      });
      runner.after?.(() => void events.push('clean'));
    });
    const report = await run();
    expect(report.passed).toEqual(['outer › first']);
    expect(report.skipped).toEqual(['outer › inner › third']);
    expect(report.failed).toEqual([{ name: 'outer › inner › second', error: new Error('no') }]);
    expect(events).toEqual(['first', 'clean']);
  });
  it('runs a choice of tests', async () => {
    const { run, it: test } = testCollector();
    test('a', () => Promise.resolve());
    test('b', () => Promise.resolve());
    expect((await run({ filter: (name) => name === 'b' })).passed).toEqual(['b']);
  });
});

describe('backendSuite', () => {
  const createDevice = () => limited(new CpuBackend(), { multipleOutputs: false });

  it('skips what capabilities lack, visibly', async () => {
    const collector = testCollector();
    await backendSuite(collector, { createDevice, name: 'limited' });
    const { skipped } = await collector.run({ filter: () => false });
    expect(skipped).toEqual([
      'limited › kernels › map: two buffers exchange their elements (skipped: multipleOutputs is false)',
      'limited › lifetime › values read synchronously (skipped: synchronous is false)',
    ]);
  });
  it('says so in the name where the runner cannot skip', async () => {
    const names: string[] = [];
    const runner = {
      describe: (_: string, define: () => void) => define(),
      it: (name: string) => void names.push(name),
    };
    await backendSuite(runner, { createDevice });
    expect(names).toContain('values read synchronously (skipped: synchronous is false)');
  });
  it('rejects with what createDevice throws', async () => {
    const failing = () => Promise.reject(new Error('no adapter'));
    await expect(backendSuite(testCollector(), { createDevice: failing })).rejects.toThrow(
      'no adapter',
    );
  });
});
