import { copyFileSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { bin, digitsDirectory, gradus, jsonLines, run, temporaryDirectory } from './support.js';

// The built command, as its users run it.

let dataDirectory: string;
let train: (...args: string[]) => string[];
beforeAll(() => {
  dataDirectory = digitsDirectory();
  train = (...args) => ['train', ...args, '--data-dir', dataDirectory];
});

describe('gradus', () => {
  it('prints help, with examples, and its version', async () => {
    const [bare, help, trainHelp, version] = await Promise.all([
      gradus([]),
      gradus(['--help']),
      gradus(['train', '--help']),
      gradus(['--version']),
    ]);
    expect(bare).toEqual(help);
    expect(help).toMatchObject({ status: 0, stderr: '' });
    expect(help.stdout).toContain('gradus train mlp-relu');
    expect(trainHelp).toMatchObject({ status: 0, stderr: '' });
    for (const text of ['softmax, mlp-sigmoid', '--learning-rate <number>', 'Examples:']) {
      expect(trainHelp.stdout).toContain(text);
    }
    expect(version).toEqual({ status: 0, stdout: '0.1.0\n', stderr: '' });
  });

  it('lists devices', async () => {
    const { status, stdout } = await gradus(['devices']);
    expect(status).toBe(0);
    expect(stdout).toMatch(/^wasm +\d+ threads? +WebAssembly with 128-bit SIMD/m);
    expect(stdout).toMatch(
      /^cpu +1 thread +plain JavaScript.* \(.*on the thread that calls it\)$/m,
    );
    const lines = jsonLines(await gradus(['devices', '--json']));
    expect(lines.map(({ name }) => name)).toEqual(['auto', 'wasm', 'webgpu', 'cpu']);
    const threadsReason = expect.any(String);
    for (const line of lines) {
      expect(line).toMatchObject({ event: 'device', description: expect.any(String) });
      // Not every machine has an adapter.
      if (line['name'] === 'webgpu' && line['available'] === false) continue;
      expect(line).toMatchObject({ available: true, threadsReason });
      expect(line['threads']).toBeGreaterThanOrEqual(1);
    }
    const gpu = lines.find(({ name }) => name === 'webgpu')!;
    expect(stdout).toContain(gpu['available'] === true ? '\nwebgpu: ' : gpu['description']);
  });

  it('says what to do when it has not been built', async () => {
    const copy = temporaryDirectory();
    mkdirSync(join(copy, 'bin'));
    copyFileSync(bin, join(copy, 'bin/gradus.js'));
    writeFileSync(join(copy, 'package.json'), '{ "type": "module" }');
    const { status, stderr } = await run(process.execPath, [join(copy, 'bin/gradus.js')]);
    expect(status).toBe(1);
    expect(stderr).toContain('npx pnpm@10 build');
    expect(stderr).not.toContain('    at ');
  });
});

describe('gradus train', () => {
  it('--json prints JSON lines and nothing else, the last of which is the result', async () => {
    const completed = await gradus(train('softmax', '--steps', '40', '--device', 'cpu', '--json'));
    expect(completed).toMatchObject({ status: 0, stderr: '' });
    const lines = jsonLines(completed);
    expect(lines[0]).toMatchObject({ event: 'start', steps: 40, trainExamples: 200 });
    expect(lines.slice(1, -1).map(({ event, step }) => [event, step])).toEqual(
      Array.from({ length: 20 }, (_, index) => ['progress', 2 * (index + 1)]),
    );
    expect(lines.at(-1)).toEqual({
      event: 'done',
      model: 'softmax',
      device: 'cpu',
      threads: 1,
      dataset: 'custom',
      steps: 40,
      seconds: expect.any(Number),
      medianStepMs: expect.any(Number),
      trainLoss: expect.any(Number),
      testLoss: expect.any(Number),
      testAccuracy: expect.any(Number),
      parameters: 7850,
      weightsSha256: expect.stringMatching(/^[0-9a-f]{64}$/),
    });
    const { testAccuracy } = lines.at(-1) as { testAccuracy: number };
    expect(60 * testAccuracy).toBeCloseTo(Math.round(60 * testAccuracy), 9);
  });

  it('gives the same weights and numbers for the same seed', async () => {
    const result = async (seed: string) => {
      const args = train('mlp-dropout', '--steps', '4', '--seed', seed, '--json', '--quiet');
      const lines = jsonLines(await gradus(args));
      expect(lines).toHaveLength(1);
      const { seconds, medianStepMs, ...reproducible } = lines[0]!;
      expect(seconds).toBeGreaterThan(0);
      expect(medianStepMs).toBeGreaterThan(0);
      return reproducible;
    };
    const [first, second, other] = await Promise.all([result('7'), result('7'), result('8')]);
    expect(second).toEqual(first);
    expect(other['weightsSha256']).not.toBe(first['weightsSha256']);
  });

  it('computes in WebAssembly, the same with one thread and with two', async () => {
    const result = async (threads: number) => {
      const device = ['--device', 'wasm', '--threads', String(threads)];
      const args = train('mlp-relu', '--steps', '4', ...device, '--json', '--quiet');
      const completed = await gradus(args);
      expect(completed).toMatchObject({ status: 0, stderr: '' });
      const [line] = jsonLines(completed);
      expect(line).toMatchObject({ event: 'done', device: 'wasm', threads });
      return line!['weightsSha256'];
    };
    const [one, two] = await Promise.all([result(1), result(2)]);
    expect(one).toBe(two);
  });

  it('prints plain lines where there is no terminal, and one line when it is quiet', async () => {
    const plain = await gradus(train('softmax', '--epochs', '3', '--batch-size', '50'));
    expect(plain).toMatchObject({ status: 0, stderr: '' });
    expect(plain.stdout).toMatch(/^step 12\/12 {2}loss /m);
    expect(plain.stdout).toMatch(/^parameters +7,850$/m);
    const escape = String.fromCharCode(27);
    expect(plain.stdout).not.toContain(escape);

    const quiet = await gradus(train('softmax', '--steps', '3', '--quiet'));
    expect(quiet).toMatchObject({ status: 0, stderr: '' });
    expect(quiet.stdout).toMatch(/^softmax: test accuracy .*\n$/);
  });

  it('ends quietly when its reader goes away', async () => {
    const command = `"${process.execPath}" "${bin}" train softmax --data-dir "${dataDirectory}" --json`;
    const { stdout, stderr } = await run('sh', ['-c', `${command} | head -n 1`]);
    expect(jsonLines({ stdout })).toMatchObject([{ event: 'start' }]);
    expect(stderr).toBe('');
  });
});

describe.skipIf(process.platform === 'win32')('a signal', () => {
  const endless = () => train('softmax', '--steps', '1000000', '--json');

  it.each([
    ['SIGINT', 130],
    ['SIGTERM', 143],
  ] as const)('%s stops the run with what is known so far', async (signal, status) => {
    let sent = false;
    const completed = await gradus(endless(), {
      onOutput(stdout, kill) {
        if (sent || !stdout.includes('"progress"')) return;
        sent = true;
        kill(signal);
      },
    });
    expect(completed).toMatchObject({ status, stderr: '' });
    const last = jsonLines(completed).at(-1)!;
    expect(last).toMatchObject({ event: 'interrupted', signal, model: 'softmax', testLoss: null });
    expect(last['steps']).toBeGreaterThanOrEqual(100);
    expect(last['trainLoss']).toBeGreaterThan(0);
    expect(last['weightsSha256']).toMatch(/^[0-9a-f]{64}$/);
  });

  it('ends a run before its first step, too', async () => {
    let sent = false;
    const completed = await gradus(['train', 'softmax', '--dataset', 'synthetic'], {
      onOutput(stdout, kill) {
        if (sent || !stdout.includes('Drawing digits')) return;
        sent = true;
        kill('SIGINT');
      },
    });
    expect(completed.status).toBe(130);
    expect(completed.stdout.split('\n').at(-2)).toMatch(/^Stopped before|stopped after 0/);
  });
});

describe.skipIf(process.platform === 'win32')('a second signal', () => {
  it('ends the command at once', async () => {
    const sent = new Set<string>();
    // Drawing keeps the worker from answering, so that the first signal alone takes two seconds.
    const completed = await gradus(['train', 'softmax', '--dataset', 'synthetic'], {
      onOutput(stdout, kill) {
        for (const text of ['Drawing digits', 'Stopping']) {
          if (sent.has(text) || !stdout.includes(text)) continue;
          sent.add(text);
          kill('SIGINT');
        }
      },
    });
    expect(completed).toMatchObject({ status: 130, stderr: '' });
    expect(completed.stdout.split('\n').at(-2)).toBe('Stopping …');
  });
});

describe('an error', () => {
  it.each([
    [
      ['train', 'mlp-rleu'],
      'Unknown model "mlp-rleu". Did you mean mlp-relu? Choose from: softmax',
    ],
    [['train'], 'missing required argument \'model\'. See "gradus train --help".'],
    [['train', 'softmax', '--stpes', '3'], "unknown option '--stpes' (Did you mean --steps?)"],
    [['train', 'softmax', '--device', 'gpu'], 'Unknown device "gpu".'],
    [['train', 'softmax', '--threads', '0'], '--threads must be a positive whole number'],
    [['train', 'softmax', '--dataset', 'cifar'], 'Choose from: mnist, synthetic.'],
    [['train', 'softmax', '--steps', '-1'], '--steps must be a positive whole number'],
    [['train', 'softmax', '--batch-size', '1.5'], '--batch-size must be a positive whole number'],
    [['train', 'softmax', '--learning-rate', 'nan'], '--learning-rate must be a number above zero'],
    [['train', 'softmax', '--seed', '-3'], '--seed must be a whole number from 0'],
    [['train', 'softmax', '--steps', '3', '--epochs', '2'], 'cannot be used with'],
    [['train', 'softmax', '--dataset', 'synthetic', '--data-dir', 'x'], 'exclude each other'],
    [['trian', 'softmax'], "unknown command 'trian' (Did you mean train?)"],
  ])('in the call %j ends with status 2 and says what is wrong', async (args, message) => {
    const completed = await gradus(args);
    expect(completed).toMatchObject({ status: 2, stdout: '' });
    expect(completed.stderr).toMatch(/^gradus: [^\n]*\n$/);
    expect(completed.stderr).toContain(message);
  });

  it('in a data directory ends with status 1 and names the file', async () => {
    const empty = temporaryDirectory();
    const completed = await gradus(['train', 'softmax', '--data-dir', empty]);
    expect(completed.status).toBe(1);
    expect(completed.stderr).toContain(`${empty} lacks train-images-idx3-ubyte`);
    expect(completed.stderr).not.toContain('    at ');

    const corrupt = digitsDirectory();
    writeFileSync(join(corrupt, 't10k-labels-idx1-ubyte'), 'not IDX');
    const { status, stderr } = await gradus(['train', 'softmax'], {
      environment: { GRADUS_DATA_DIR: corrupt },
    });
    expect(status).toBe(1);
    expect(stderr).toContain('t10k-labels-idx1-ubyte');
  });

  it('in the size of a batch is found once the data is there', async () => {
    const completed = await gradus(train('softmax', '--batch-size', '201', '--quiet'));
    expect(completed).toMatchObject({ status: 2, stdout: '' });
    expect(completed.stderr).toBe(
      'gradus: --batch-size must be at most 200, the number of training examples; got 201.\n',
    );
  });

  it('in the number of threads is found once the device is open', async () => {
    const completed = await gradus(
      train('softmax', '--device', 'cpu', '--threads', '3', '--quiet'),
    );
    expect(completed).toMatchObject({ status: 2, stdout: '' });
    expect(completed.stderr).toContain('cpu cannot have 3 threads but 1: plain JavaScript');
  });

  it('is also a JSON line for who asked for JSON', async () => {
    const completed = await gradus(['train', 'nothing-like-it', '--json']);
    expect(completed.status).toBe(2);
    const [line] = jsonLines(completed);
    expect(line).toEqual({ event: 'error', code: 'USAGE', message: expect.any(String) });
    expect(completed.stderr).toBe(`gradus: ${line!['message'] as string}\n`);
  });

  it('shows its stack to who asks for it', async () => {
    const environment = { GRADUS_DEBUG: '1' };
    const { stderr } = await gradus(['train', 'nothing-like-it'], { environment });
    expect(stderr).toMatch(/\n {4}at /);
  });
});
