import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';
import { buildPackage } from '../support/package.js';

const { folder } = await buildPackage();

/** Runs a program to its end in a process of its own, and gives what it printed. */
async function output(program: string): Promise<string> {
  const imports = `import { compile, endlessPlan, setDefaultDevice, tensor, wasm, WasmBackend }
    from '${new URL('programs.js', folder).href}';\n`;
  const arguments_ = ['--input-type=module', '--eval', imports + program];
  const { stdout } = await promisify(execFile)(process.execPath, arguments_, { timeout: 50_000 });
  return stdout.trim();
}

const startEndlessRun = `
  const backend = await WasmBackend.create({ threads: 2 });
  const executable = await backend.compile(endlessPlan);
  const run = executable.run([], [backend.allocate(4096)], new Float64Array());`;

// A process that does not exit by itself, or not with code 0, fails its test.
describe('a process', () => {
  it('waits for a run, and ends when nothing is left to do', async () => {
    const program = `
      const device = await wasm({ threads: 2 });
      setDefaultDevice(device);
      console.log(device.capabilities.threads.count, await tensor([1, 2, 3]).mul(2).toArray());
      const step = compile((x) => x.exp(), { device });
      const result = await (await step(new Float32Array(100_000))).data();
      console.log(result.length, result.every((value) => value === 1));`;
    expect(await output(program)).toBe('2 [ 2, 4, 6 ]\n100000 true');
  });

  it('ends although a device is there', async () => {
    expect(await output(`await wasm({ threads: 2 }); console.log('made')`)).toBe('made');
  });

  it('ends when a device is disposed during a run', async () => {
    const program = `${startEndlessRun}
      setTimeout(() => backend.dispose(), 20);
      await run.catch(({ code }) => console.log(code));`;
    expect(await output(program)).toBe('DEVICE');
  });

  it('can exit during a run', async () => {
    const program = `${startEndlessRun}
      run.then(() => console.log('finished'));
      setTimeout(() => process.exit(0), 20);`;
    expect(await output(program)).toBe('');
  });
});
