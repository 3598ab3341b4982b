import { execFile } from 'node:child_process';
import { mkdir, rm } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { build } from 'tsup';
import { afterAll, expect, it } from 'vitest';
import { describeOnGpu } from '../support/gpu.js';

// Within the package, whose `webgpu` programs find.
const folder = resolve(import.meta.dirname, '../../.programs');

/** How a process ended. One that does not end is killed, and its test fails. */
interface End {
  readonly code: number | string | null | undefined;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs a program to its end, in a process of its own. */
function end(program: string): Promise<End> {
  const from = pathToFileURL(join(folder, 'programs.js')).href;
  const imports = `import { compile, setDefaultDevice, tensor, WebGpuBackend, webgpu } from '${from}';\n`;
  const arguments_ = ['--input-type=module', '--eval', imports + program];
  return new Promise((resolve) => {
    execFile(process.execPath, arguments_, { timeout: 50_000 }, (error, stdout, stderr) => {
      const code = error === null ? 0 : (error.signal ?? error.code);
      resolve({ code, stdout: stdout.trim(), stderr });
    });
  });
}

/** What a program prints that ends by itself, without complaints. */
async function output(program: string): Promise<string> {
  const { code, stdout, stderr } = await end(program);
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  return stdout;
}

const device = 'const device = await webgpu({ selfTest: false });';

/** Runs of some tenths of a second each, on a software adapter. */
const runs = `${device}
  setDefaultDevice(device);
  const step = compile((x) => x.matMul(x).sum(), { device });
  const x = { data: new Float32Array(512 * 512).fill(1 / 16), shape: [512, 512] };
  const running = [1, 2, 3].map(() => step(x));
  await device.backend.compile({ buffers: [], kernels: [], scalars: [], arenaByteLength: 0 });`;

await describeOnGpu('a process ends by itself', () => {
  const built = mkdir(folder, { recursive: true }).then(() =>
    build({
      config: false,
      entry: { programs: fileURLToPath(new URL('../support/programs.ts', import.meta.url)) },
      outDir: folder,
      format: 'esm',
      target: 'es2022',
      outExtension: () => ({ js: '.js' }),
      noExternal: [/^@gradus/],
      silent: true,
      esbuildOptions: (options) => {
        options.conditions = ['source'];
      },
    }),
  );
  afterAll(() => rm(folder, { recursive: true }));

  it('when runs have finished that it awaited, at the top level', async () => {
    await built;
    const program = `${device} setDefaultDevice(device);
      console.log(await tensor([1, 2, 3]).mul(2).toArray());`;
    expect(await output(program)).toBe('[ 2, 4, 6 ]');
    expect(await output(`${program} device.dispose();`)).toBe('[ 2, 4, 6 ]');
  });

  it('although a device is there that has never run anything', async () => {
    await built;
    expect(await output('await webgpu(); console.log("made");')).toBe('made');
    expect(await output('webgpu();')).toBe('');
    expect(await output('(await webgpu()).dispose();')).toBe('');
  });

  it('when runs have finished that nobody awaits', async () => {
    await built;
    const program = `${runs}
      for (const run of running) run.then(async (sum) => console.log(await sum.item()));`;
    expect(await output(program)).toBe('524288\n524288\n524288');
  });

  it('when the device is disposed during runs', async () => {
    await built;
    const program = `${runs}
      setTimeout(() => device.dispose(), 5);
      for (const { status, reason } of await Promise.allSettled(running)) {
        if (status === 'rejected' && reason.code !== 'DEVICE') console.log(reason);
      }`;
    expect(await output(program)).toBe('');
  });

  it('by process.exit, an error or a signal in mid-run', async () => {
    await built;
    expect(await output(`${runs} setTimeout(() => process.exit(0), 5);`)).toBe('');
    const failed = await end(`${runs} setTimeout(() => { throw new Error('a mistake'); }, 5);`);
    expect(failed.code).toBe(1);
    expect(failed.stderr).toContain('Error: a mistake');
    const ended = await end(`${runs} setTimeout(() => process.kill(process.pid, 'SIGINT'), 5);`);
    expect(ended.code).toBe('SIGINT');
  });
});
