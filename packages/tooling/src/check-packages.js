/**
 * Packs every publishable package and checks the tarballs as their users meet them: publint,
 * are-the-types-wrong, a project that installs, compiles and runs all of them, and what they weigh
 * in a bundle.
 */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { checkPackage, createPackageFromTarballData } from '@arethetypeswrong/core';
import { problemAffectsResolutionKind, problemKindInfo } from '@arethetypeswrong/core/problems';
import { publint } from 'publint';
import { formatMessage } from 'publint/utils';
import { bundleSizes } from './bundle-sizes.js';
import { installTarballs, packPackages } from './packing.js';
import { Report } from './report.js';
import { publishedPackages, readManifest, workspaceRoot } from './workspace.js';

/**
 * Kilobytes (1000 bytes) that bundles may not outgrow, and the ones to reach: what is between them
 * is code that programs of this kind need so far, see docs/decisions/0024.
 */
const budgets = {
  backend: { name: '@gradus/backend-wasm adds', limit: 41, aim: 25 },
  program: { name: 'a program that trains conv-dropout on it', limit: 78, aim: 50 },
};

const report = new Report();
const directory = mkdtempSync(join(tmpdir(), 'gradus-packages-'));
try {
  const names = publishedPackages().map(({ manifest }) => manifest.name);
  const tarballs = packPackages(names, directory);
  for (const name of names) await checkTarball(name, readFileSync(tarballs.get(name) ?? ''));

  const consumer = join(directory, 'consumer');
  await report.check('npm installs all tarballs', () =>
    installTarballs(consumer, tarballs.values()),
  );
  await report.check('no install scripts', () => findInstallScripts(consumer));
  await checkConsumer(consumer, names);
  await checkBundles(consumer);
} finally {
  rmSync(directory, { recursive: true });
}
report.write(join(workspaceRoot, '.reports/packages.json'));
console.log(`Packages: ${report}`);
process.exitCode = report.failed.length === 0 ? 0 : 1;

/**
 * @param {string} name
 * @param {Buffer} tarball
 */
async function checkTarball(name, tarball) {
  const bytes = new Uint8Array(tarball);
  const contents = createPackageFromTarballData(bytes);
  await report.check(`${name}: publint`, async () => {
    const { messages, pkg } = await publint({ pack: { tarball: bytes.buffer }, strict: true });
    expectNone(messages.map((message) => formatMessage(message, pkg, { color: false })));
  });
  const manifest = JSON.parse(contents.readFile(`/node_modules/${name}/package.json`));
  await report.check(`${name}: contents`, () => {
    const named = [...targets(manifest.exports), ...targets(manifest.bin)];
    const missing = ['README.md', 'LICENSE', ...named].filter(
      (file) => !contents.fileExists(`/node_modules/${name}/${file}`),
    );
    const stray = contents.listFiles().filter((file) => /\/(src|test)\/|tsbuildinfo/.test(file));
    expectNone([...missing.map((file) => `${file} is missing`), ...stray]);
  });
  if (manifest.exports === undefined) return;
  await report.check(`${name}: types resolve`, async () => {
    const analysis = await checkPackage(contents);
    if (analysis.types === false) throw new Error('has no types');
    // The package is for ECMAScript modules only, so what CommonJS resolution finds is no matter.
    const problems = analysis.problems.filter((problem) =>
      /** @type {const} */ (['node16-esm', 'bundler']).some((kind) =>
        problemAffectsResolutionKind(problem, kind, analysis),
      ),
    );
    expectNone(problems.map(({ kind }) => problemKindInfo[kind].shortDescription));
  });
}

/**
 * The files that `exports` or `bin` of a manifest name, under whatever condition.
 *
 * @param {unknown} entry
 * @returns {string[]}
 */
function targets(entry) {
  if (typeof entry === 'string') return [entry.replace(/^\.\//, '')];
  return Object.values(entry ?? {}).flatMap(targets);
}

/**
 * What npm installed must be inert until it is imported.
 *
 * @param {string} consumer
 */
function findInstallScripts(consumer) {
  const lock = JSON.parse(readFileSync(join(consumer, 'node_modules/.package-lock.json'), 'utf8'));
  /** @type {[string, { hasInstallScript?: boolean }][]} */
  const installed = Object.entries(lock.packages);
  expectNone(
    installed.filter(([, { hasInstallScript }]) => hasInstallScript).map(([path]) => path),
  );
}

/**
 * Compiles and runs imports of every public entry.
 *
 * @param {string} consumer
 * @param {string[]} names
 */
async function checkConsumer(consumer, names) {
  const manifests = names.map((name) =>
    readManifest(join(consumer, 'node_modules', name, 'package.json')),
  );
  const entries = manifests.flatMap(({ name, exports = {} }) =>
    Object.keys(exports)
      .filter((path) => path !== './package.json')
      .map((path) => name + path.slice(1)),
  );
  const forBrowsers = entries.filter((entry) => !entry.endsWith('/node'));
  symlinkSync(join(workspaceRoot, 'node_modules/@types'), join(consumer, 'types'), 'dir');

  const inNode = { lib: ['ES2022'], types: ['node'], typeRoots: ['./types'] };
  const inBrowser = { lib: ['ES2022', 'DOM'], types: [] };
  await report.check('types compile for Node', () =>
    compile(consumer, entries, { ...inNode, module: 'NodeNext' }),
  );
  await report.check('types compile for browsers', () =>
    compile(consumer, forBrowsers, { ...inBrowser, module: 'ESNext', moduleResolution: 'Bundler' }),
  );
  for (const entry of entries) {
    await report.check(`${entry}: runs in Node`, () =>
      node(consumer, '--input-type=module', '--eval', `await import('${entry}')`),
    );
  }
  for (const { name, bin = {} } of manifests) {
    for (const command of Object.values(bin)) {
      await report.check(`${name}: ${command} --help`, () =>
        node(consumer, join(consumer, 'node_modules', name, command), '--help'),
      );
    }
  }
}

/**
 * @param {string} consumer
 * @param {string[]} entries
 * @param {object} options
 */
function compile(consumer, entries, options) {
  const imports = entries.map((entry, index) => `export * as entry${index} from '${entry}';\n`);
  writeFileSync(join(consumer, 'index.ts'), imports.join(''));
  const strict = { target: 'ES2022', strict: true, exactOptionalPropertyTypes: true, noEmit: true };
  const compilerOptions = { ...strict, skipLibCheck: false, ...options };
  const project = { compilerOptions, files: ['index.ts'] };
  writeFileSync(join(consumer, 'tsconfig.json'), JSON.stringify(project));
  node(consumer, join(workspaceRoot, 'node_modules/typescript/bin/tsc'), '--project', consumer);
}

/**
 * @param {string} cwd
 * @param {string[]} args
 */
function node(cwd, ...args) {
  execFileSync(process.execPath, args, { cwd, stdio: 'pipe', encoding: 'utf8' });
}

/**
 * Prints what bundles weigh, and fails where it is too much.
 *
 * @param {string} consumer
 */
async function checkBundles(consumer) {
  const sizes = await bundleSizes(consumer);
  for (const key of /** @type {const} */ (['backend', 'program'])) {
    const { name, limit, aim } = budgets[key];
    const size = sizes[key] / 1000;
    const message = `${name}: ${size.toFixed(1)} KB (limit ${limit}, aim ${aim})`;
    console.log(message);
    await report.check(`bundle size: ${name}`, () => expectNone(size > limit ? [message] : []));
  }
  console.log(`left out of both, for others: ${(sizes.onDemand / 1000).toFixed(1)} KB`);
}

/** @param {(string | undefined)[]} problems */
function expectNone(problems) {
  if (problems.length > 0) throw new Error(problems.join('\n'));
}
