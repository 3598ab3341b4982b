import { describe, expect, it } from 'vitest';
import { buildPackage } from '../support/package.js';
import { programImports, programRunner } from '../support/program.js';

const { folder } = await buildPackage();

const end = programRunner(folder);

/** What a program prints that ends by itself, without complaints. */
async function output(program: string): Promise<string> {
  const { code, stdout, stderr } = await end(program);
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  return stdout;
}

const makeStep = (threads: number): string => `
  const device = await wasm({ threads: ${threads} });
  const step = compile((x) => x.exp().sum(), { device });`;

const startEndlessRun = `
  const backend = await WasmBackend.create({ threads: 2 });
  const executable = await backend.compile(endlessPlan);
  const run = executable.run([], [backend.allocate(4096)], new Float64Array());`;

describe('a process ends by itself', () => {
  it.each([1, 2])('when a run has finished that it awaited, with %i threads', async (threads) => {
    const program = `${makeStep(threads)}
      setDefaultDevice(device);
      console.log(device.capabilities.threads.count, await tensor([1, 2, 3]).mul(2).toArray());
      console.log(await (await step(new Float32Array(100_000))).item());`;
    expect(await output(program)).toBe(`${threads} [ 2, 4, 6 ]\n100000`);
  });

  it.each([1, 2])(
    'when runs have finished that nobody awaits, with %i threads',
    async (threads) => {
      const program = `${makeStep(threads)}
      for (let count = 1; count <= 3; count++) {
        step(new Float32Array(count * 10_000)).then(async (sum) => console.log(await sum.item()));
      }
      step(new Float32Array(10));
      process.on('exit', (code) => console.log('code', code));`;
      expect(await output(program)).toBe('10000\n20000\n30000\ncode 0');
    },
  );

  it('although a device is there', async () => {
    expect(await output(`await wasm({ threads: 2 }); console.log('made')`)).toBe('made');
    expect(await output(`wasm({ threads: 2 })`)).toBe('');
  });

  it('when a device is disposed during a run', async () => {
    const program = `${startEndlessRun}
      setTimeout(() => backend.dispose(), 20);
      await run.catch(({ code }) => console.log(code));`;
    expect(await output(program)).toBe('DEVICE');
  });

  it('when a device is disposed that has never run anything', async () => {
    expect(await output(`(await wasm({ threads: 2 })).dispose()`)).toBe('');
  });

  it('when its own worker has used a device', async () => {
    const worker = `${programImports(folder)}${makeStep(2)}
      console.log(await (await step(new Float32Array(7))).item());`;
    const program = `const { Worker } = await import('node:worker_threads');
      new Worker(new URL('data:text/javascript,' + ${JSON.stringify(encodeURIComponent(worker))}));`;
    expect(await output(program)).toBe('7');
  });
});

describe('a process ends during a run', () => {
  it('by process.exit', async () => {
    const program = `${startEndlessRun}
      run.then(() => console.log('finished'));
      setTimeout(() => process.exit(0), 20);`;
    expect(await output(program)).toBe('');
  });

  it('by a rejection that nobody handles', async () => {
    const program = `${startEndlessRun}
      setTimeout(() => Promise.reject(new Error('a mistake of mine')), 20);
      await run;`;
    const { code, stderr } = await end(program);
    expect(code).toBe(1);
    expect(stderr).toContain('Error: a mistake of mine');
  });

  it('by the error of a run that nobody awaits', async () => {
    const { code, stderr } = await end(
      `${startEndlessRun} setTimeout(() => backend.dispose(), 20);`,
    );
    expect(code).toBe(1);
    expect(stderr).toContain('This WASM backend has been disposed');
  });

  it('by a signal', async () => {
    const program = `${startEndlessRun} setTimeout(() => process.kill(process.pid, 'SIGINT'), 20);`;
    expect((await end(program)).code).toBe('SIGINT');
  });
});
