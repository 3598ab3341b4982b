/**
 * What a third party meets: a layer and a backend, each compiled where only the packed core is
 * installed, published as packages, and used together in a project that has the rest from
 * tarballs. Needs built packages; `pnpm test:packed`.
 */
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { copyFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { installTarballs, packPackages } from '@gradus/tooling/packing';

const packageFolder = resolve(import.meta.dirname, '../..');
const thirdParty = join(packageFolder, 'test/third-party');
const compiler = resolve(packageFolder, '../../node_modules/typescript/bin/tsc');
const timeout = 600_000;

/** @type {string} */
let directory;
/** @type {Map<string, string>} */
let tarballs;

before(() => {
  directory = mkdtempSync(join(tmpdir(), 'gradus-third-party-'));
  const names = ['random', 'core', 'autograd', 'data', 'mnist', 'conformance'];
  tarballs = packPackages(
    names.map((name) => `@gradus/${name}`),
    directory,
  );
});
after(() => rmSync(directory, { recursive: true }));

/**
 * Compiles sources with strict types, and the types of what they import.
 *
 * @param {string} folder
 * @param {string[]} sources
 */
function compile(folder, sources) {
  for (const source of sources) copyFileSync(join(thirdParty, source), join(folder, source));
  const compilerOptions = {
    ...{ target: 'ES2022', module: 'NodeNext', lib: ['ES2022', 'DOM', 'ESNext.Disposable'] },
    ...{ strict: true, skipLibCheck: false, types: [], declaration: true },
  };
  writeFileSync(join(folder, 'tsconfig.json'), JSON.stringify({ compilerOptions, files: sources }));
  execute(process.execPath, [compiler, '--project', folder], folder);
}

/**
 * @param {string} program
 * @param {string[]} args
 * @param {string} cwd
 */
function execute(program, args, cwd) {
  // A test runner inside of another one would report to it.
  const env = { ...process.env };
  delete env.NODE_TEST_CONTEXT;
  try {
    return execFileSync(program, args, { cwd, env, encoding: 'utf8', stdio: 'pipe' });
  } catch (error) {
    const { stdout, stderr } = /** @type {{ stdout: string, stderr: string }} */ (error);
    throw new Error(`${args.join(' ')} failed:\n${stdout}${stderr}`, { cause: error });
  }
}

/**
 * Makes a package of sources, in a folder where nothing of Gradus but core is installed.
 *
 * @param {string} name
 * @param {string} entry
 * @param {string[]} sources
 * @returns {string} Path of its tarball.
 */
function publish(name, entry, sources) {
  const folder = join(directory, name);
  installTarballs(folder, [tarball('core'), tarball('random')]);
  compile(folder, sources);
  const manifest = {
    ...{ name, version: '1.0.0', type: 'module' },
    exports: { types: `./${entry}.d.ts`, default: `./${entry}.js` },
    files: ['*.js', '*.d.ts'],
    peerDependencies: { '@gradus/core': '>=0.1.0 <1.0.0' },
  };
  writeFileSync(join(folder, 'package.json'), JSON.stringify(manifest));
  const packed = execute('npm', ['pack', '--json', '--pack-destination', directory], folder);
  const [{ filename }] = /** @type {[{ filename: string }]} */ (JSON.parse(packed));
  return join(directory, filename);
}

/** @param {string} name */
function tarball(name) {
  const path = tarballs.get(`@gradus/${name}`);
  assert.ok(path, `@gradus/${name} was packed`);
  return path;
}

describe('third parties with packed packages', { timeout }, () => {
  /** @type {string} */
  let project;

  before(() => {
    const backend = publish('third-party-backend', 'backend', [
      'backend.ts',
      'kernels.ts',
      'expressions.ts',
    ]);
    const layer = publish('third-party-layer', 'layer', ['layer.ts']);
    project = join(directory, 'project');
    installTarballs(project, [...tarballs.values(), backend, layer]);
  });

  it('a layer and a backend that know only core train a classifier', { timeout }, () => {
    compile(project, ['train.ts']);
    const program = `
      import { interpreter } from 'third-party-backend';
      import { Affine } from 'third-party-layer';
      import { trainClassifier } from './train.js';
      const options = { digits: 1000, steps: 100 };
      console.log(await trainClassifier(interpreter(), new Affine(784, 10), options));
    `;
    const args = ['--input-type=module', '--eval', program];
    const accuracy = Number(execute(process.execPath, args, project));
    assert.ok(accuracy >= 0.75, `recognised ${accuracy} of the test digits`);
  });

  it('the backend passes the packed suite, run as the README says', { timeout }, () => {
    const readme = readFileSync(join(packageFolder, 'README.md'), 'utf8');
    const fences = [...readme.matchAll(/^```js\n([^]*?)^```/gm)].map(([, code]) => code);
    const snippet = fences.find((code) => code?.includes("'node:test'"));
    assert.ok(snippet, 'the README shows node:test');
    writeFileSync(join(project, 'suite.test.js'), snippet);
    const output = execute(process.execPath, ['--test', '--test-reporter=tap'], project);
    const count = (/** @type {string} */ what) =>
      Number(new RegExp(`^# ${what} (\\d+)$`, 'm').exec(output)?.[1]);
    assert.equal(count('fail'), 0);
    assert.ok(count('pass') > 500, output.slice(-2000));
  });
});
