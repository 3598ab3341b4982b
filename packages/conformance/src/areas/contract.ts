import type { Backend, Plan } from '@gradus/core/backend';
import { check, checkEqual } from '../assertions.js';
import { download, expression, plan, planBuffers, upload } from '../plans.js';
import type { BackendTests } from '../suite.js';

const { apply, index, load, scalar } = expression;

/** out[i] = in[i] · s0, over four elements. */
const scaled: Plan = plan(
  planBuffers([{ length: 4 }], [{ length: 4 }]),
  [
    {
      kind: 'map',
      name: 'mul',
      shape: [4],
      outputs: [{ buffer: 1, value: apply('mul', 'float32', load(0, index(0)), scalar(0)) }],
    },
  ],
  { scalars: ['float32'] },
);

/** The interface itself: what it says of copies, order, reports and synchronous twins. */
export function contract(tests: BackendTests): void {
  const { backend } = tests.device;
  const numbers = (values: readonly number[], expected: readonly number[], what: string): void =>
    checkEqual(what, values.join(), expected.join());

  tests.test('capabilities name what every backend has', () => {
    const { kernels, dtypes, maximumBuffersPerKernel, threads } = tests.capabilities;
    for (const kernel of ['map', 'reduce', 'scatterAdd'] as const) {
      check(kernels.includes(kernel), `capabilities.kernels lacks ${kernel}.`);
    }
    for (const dtype of ['float32', 'int32', 'uint32', 'uint8', 'bool'] as const) {
      check(dtypes.includes(dtype), `capabilities.dtypes lacks ${dtype}.`);
    }
    check(
      maximumBuffersPerKernel >= 4,
      `maximumBuffersPerKernel is ${maximumBuffersPerKernel}; where(a, b, c) alone touches 4 buffers.`,
    );
    check(threads.count >= 1, `threads.count is ${threads.count}.`);
    check(
      threads.count > 1 || threads.reason !== undefined,
      'threads.count is 1, but threads.reason does not say why not more.',
    );
  });
  tests.test('synchronous methods exist where capabilities say so', () => {
    if (!tests.capabilities.synchronous) return;
    check(
      backend.compileSync !== undefined,
      'capabilities.synchronous, but there is no compileSync.',
    );
    check(backend.readSync !== undefined, 'capabilities.synchronous, but there is no readSync.');
    check(
      backend.compileSync(scaled).runSync !== undefined,
      'capabilities.synchronous, but executables have no runSync.',
    );
  });

  tests.test('write copies, read copies', async () => {
    const source = Float32Array.of(1, 2, 3, 4);
    const buffer = upload(backend, source);
    source.fill(9);
    const first = await backend.read(buffer, 16);
    numbers([...new Float32Array(first.slice().buffer)], [1, 2, 3, 4], 'what was written');
    first.fill(0);
    numbers(
      await download(backend, buffer, 4),
      [1, 2, 3, 4],
      'what is read after the copy changed',
    );
    numbers(await download(backend, buffer, 2), [1, 2], 'the first two elements');
    backend.free(buffer);
  });
  tests.test('a write may be shorter than its buffer', async () => {
    const buffer = upload(backend, Float32Array.of(1, 2, 3, 4));
    backend.write(buffer, new Uint8Array(Float32Array.of(7).buffer));
    numbers(await download(backend, buffer, 4), [7, 2, 3, 4], 'the buffer');
    backend.free(buffer);
  });
  tests.test('bytes of odd lengths and none at all', async () => {
    const odd = upload(backend, Uint8Array.of(1, 2, 3, 4, 5));
    checkEqual('five bytes', [...(await backend.read(odd, 5))].join(), '1,2,3,4,5');
    const empty = backend.allocate(0);
    checkEqual('no bytes', (await backend.read(empty, 0)).byteLength, 0);
    backend.free(odd);
    backend.free(empty);
  });
  tests.test('memory() counts live buffers', async () => {
    const before = backend.memory();
    const buffer = backend.allocate(4096);
    const during = backend.memory();
    checkEqual('buffers', during.buffers, before.buffers + 1);
    check(
      during.bytes >= before.bytes + 4096,
      `A buffer of 4096 bytes raised memory from ${before.bytes} to ${during.bytes}.`,
    );
    backend.free(buffer);
    await backend.synchronize();
    const after = backend.memory();
    checkEqual('buffers after free', after.buffers, before.buffers);
    checkEqual('bytes after free', after.bytes, before.bytes);
  });

  tests.test('reads, writes and frees come after runs already started', async () => {
    const executable = await backend.compile(scaled);
    const [input, output] = [upload(backend, Float32Array.of(1, 2, 3, 4)), backend.allocate(16)];
    const run = executable.run([input], [output], Float64Array.of(10));
    backend.write(input, new Uint8Array(Float32Array.of(0, 0, 0, 0).buffer));
    const read = download(backend, output, 4);
    backend.free(input);
    await run;
    numbers(await read, [10, 20, 30, 40], 'the output');
    backend.free(output);
    executable.dispose();
  });
  tests.test('an executable runs again with other memory and other scalars', () =>
    runAgain(backend, numbers),
  );
  tests.test('synchronize() waits for what was started', async () => {
    const executable = await backend.compile(scaled);
    const [input, output] = [upload(backend, Float32Array.of(1, 2, 3, 4)), backend.allocate(16)];
    let settled = false;
    const run = executable.run([input], [output], Float64Array.of(1)).then(() => (settled = true));
    await run;
    await backend.synchronize();
    check(settled, 'synchronize() resolved before a run that was started earlier.');
    backend.free(input);
    backend.free(output);
    executable.dispose();
  });
}

async function runAgain(
  backend: Backend,
  numbers: (values: readonly number[], expected: readonly number[], what: string) => void,
): Promise<void> {
  const executable = await backend.compile(scaled);
  for (const factor of [2, -3, 0.5]) {
    const [input, output] = [upload(backend, Float32Array.of(1, 2, 3, 4)), backend.allocate(16)];
    await executable.run([input], [output], Float64Array.of(factor));
    const expected = [1, 2, 3, 4].map((each) => each * factor);
    numbers(await download(backend, output, 4), expected, `times ${factor}`);
    backend.free(input);
    backend.free(output);
  }
  executable.dispose();
}
