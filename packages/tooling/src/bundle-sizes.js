import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { build } from 'esbuild';

/** The lecture's `conv-dropout`, as somebody writes it who trains it in a page. */
const program = `
  import { grad } from '@gradus/autograd';
  import { compile, relu, setDefaultDevice } from '@gradus/core';
  import { Conv2d, crossEntropy, Dense, Dropout, Flatten, Sequential } from '@gradus/layers';
  import { adam } from '@gradus/optim';

  const convolution = { padding: 'same', activation: relu };
  const model = new Sequential([
    new Conv2d(1, 6, { ...convolution, kernelSize: 6 }),
    new Conv2d(6, 12, { ...convolution, kernelSize: 5, stride: 2 }),
    new Conv2d(12, 24, { ...convolution, kernelSize: 4, stride: 2 }),
    new Flatten(),
    new Dense(7 * 7 * 24, 200, { activation: relu }),
    new Dropout(0.25),
    new Dense(200, 10),
  ]);
  const optimizer = adam({ learningRate: 1e-3 });

  export const step = compile((images, labels, random) => {
    const loss = crossEntropy(model.forward(images, { training: true, random }), labels);
    optimizer.update(model, grad(loss, model));
    return loss;
  });

  export const begin = async (open) => setDefaultDevice(await open());`;

const onWasm = `
  import { wasm } from '@gradus/backend-wasm';

  export { wasm };`;

/**
 * What a program that trains on WebAssembly makes a browser load, minified and gzipped, in bytes.
 *
 * @param {string} project Where the packages are installed.
 * @returns {Promise<{ program: number, backend: number }>} Of the whole program, and of what the
 *   backend adds to it; the script of the workers is part of both.
 */
export async function bundleSizes(project) {
  const worker = join(project, 'node_modules/@gradus/backend-wasm/dist/runtime/worker.js');
  const bundled = (/** @type {string} */ contents) => ({
    stdin: { contents, resolveDir: project },
  });
  const [alone, together, ofWorker] = await Promise.all([
    bundledSize(bundled(program)),
    bundledSize(bundled(program + onWasm)),
    bundledSize({ entryPoints: [worker] }),
  ]);
  return { program: together + ofWorker, backend: together + ofWorker - alone };
}

/** @param {Pick<import('esbuild').BuildOptions, 'stdin' | 'entryPoints'>} input */
async function bundledSize(input) {
  const { outputFiles } = await build({
    ...input,
    bundle: true,
    minify: true,
    format: 'esm',
    target: 'es2022',
    write: false,
    logLevel: 'error',
  });
  return gzipSync(outputFiles[0]?.contents ?? '', { level: 9 }).length;
}
