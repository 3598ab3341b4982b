import type { Device } from '@gradus/core';
import { activations } from './areas/activations.js';
import { arrangement } from './areas/arrangement.js';
import { compositions } from './areas/compositions.js';
import { contract } from './areas/contract.js';
import { einsums } from './areas/einsum.js';
import { elementwise } from './areas/elementwise.js';
import { facts } from './areas/facts.js';
import { fusion } from './areas/fusion.js';
import { golden } from './areas/golden.js';
import { goldenOptimizers } from './areas/golden-optimizers.js';
import { gradients } from './areas/gradients.js';
import { indexing } from './areas/indexing.js';
import { kernels } from './areas/kernels.js';
import { lifetime } from './areas/lifetime.js';
import { memory } from './areas/memory.js';
import { movement } from './areas/movement.js';
import { products } from './areas/products.js';
import { programs } from './areas/programs.js';
import { random } from './areas/random.js';
import { reductions } from './areas/reductions.js';
import { rows } from './areas/rows.js';
import { training } from './areas/training.js';
import { variables } from './areas/variables.js';
import { windows } from './areas/windows.js';
import { goldenFiles, type GoldenFiles } from './golden/index.js';
import type { TestRunner } from './runner.js';
import { BackendTests } from './suite.js';

/** What a backend suite needs to know. */
export interface BackendSuiteOptions {
  /** A new device of the backend in the mode under test; called for each test that needs its own. */
  readonly createDevice: () => Device | Promise<Device>;
  /** The title of the tests; the device's name when left out. */
  readonly name?: string;
}

const areas: Readonly<Record<string, (tests: BackendTests, files: GoldenFiles) => void>> = {
  contract,
  kernels,
  rows,
  facts,
  elementwise,
  movement,
  reductions,
  products,
  windows,
  indexing,
  random,
  compositions,
  activations,
  arrangement,
  einsum: einsums,
  gradients,
  golden,
  'golden optimizers': goldenOptimizers,
  fusion,
  variables,
  programs,
  training,
  memory,
  lifetime,
};

/**
 * Defines every test that a backend should pass, with the runner given. Resolves once they are
 * defined: await it where tests are defined, at the top of a test file. What the device's
 * `capabilities` say it lacks is skipped, and nothing else.
 *
 * The device becomes the default one while a test runs, so tests must run one after another, as
 * they do in Vitest, `node:test`, Jest and Mocha. Rejects with whatever `createDevice` throws.
 */
export async function backendSuite(
  runner: TestRunner,
  options: BackendSuiteOptions,
): Promise<void> {
  const { createDevice } = options;
  const files = await goldenFiles();
  const device = await createDevice();
  runner.describe(options.name ?? device.name, () => {
    const tests = new BackendTests(runner, device, createDevice);
    for (const [name, define] of Object.entries(areas)) {
      tests.group(name, () => define(tests, files));
    }
    runner.after?.(() => device.dispose());
  });
}
