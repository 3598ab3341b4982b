import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { build } from 'vite';

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

  globalThis.step = compile((images, labels, random) => {
    const loss = crossEntropy(model.forward(images, { training: true, random }), labels);
    optimizer.update(model, grad(loss, model));
    return loss;
  });

  globalThis.begin = async (open) => setDefaultDevice(await open());`;

const onWasm = `
  import { wasm } from '@gradus/backend-wasm';

  globalThis.wasm = wasm;`;

/**
 * What a program that trains on WebAssembly makes a browser load as Vite builds it: minified and
 * gzipped, each file by itself, in bytes.
 *
 * @param {string} project Where the packages are installed.
 * @returns {Promise<{ program: number, backend: number, onDemand: number }>} Of the whole program
 *   and of what the backend adds to it, the script of the workers included; and of the files that
 *   it does not load, since they hold what this program has no use for.
 */
export async function bundleSizes(project) {
  const alone = await builtSizes(project, program);
  const together = await builtSizes(project, program + onWasm);
  const backend = together.loaded - alone.loaded;
  return { program: together.loaded, backend, onDemand: together.onDemand };
}

/**
 * @param {string} project
 * @param {string} script
 */
async function builtSizes(project, script) {
  const input = join(project, 'program.js');
  writeFileSync(input, script);
  const built = await build({
    root: project,
    configFile: false,
    logLevel: 'error',
    build: {
      write: false,
      target: 'es2022',
      // A polyfill for old browsers, which is the same for all programs.
      modulePreload: { polyfill: false },
      rolldownOptions: { input },
    },
  });
  const sizes = { loaded: 0, onDemand: 0 };
  for (const file of /** @type {import('vite').Rolldown.RolldownOutput} */ (built).output) {
    const isPart = file.type === 'chunk' && file.isDynamicEntry;
    const content = file.type === 'chunk' ? file.code : file.source;
    sizes[isPart ? 'onDemand' : 'loaded'] += gzipSync(content, { level: 9 }).length;
  }
  return sizes;
}
