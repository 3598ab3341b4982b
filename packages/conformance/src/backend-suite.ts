import type { Device } from '@gradus/core';
import { compositions } from './areas/compositions.js';
import { elementwise } from './areas/elementwise.js';
import { facts } from './areas/facts.js';
import { golden } from './areas/golden.js';
import { goldenOptimizers } from './areas/golden-optimizers.js';
import { indexing } from './areas/indexing.js';
import { movement } from './areas/movement.js';
import { products } from './areas/products.js';
import { random } from './areas/random.js';
import { reductions } from './areas/reductions.js';
import type { TestRunner } from './runner.js';
import { BackendTests } from './suite.js';

/** What a backend suite needs to know. */
export interface BackendSuiteOptions {
  /** A new device of the backend in the mode under test; called for each test that needs its own. */
  readonly createDevice: () => Device | Promise<Device>;
  /** The title of the tests; the device's name when left out. */
  readonly name?: string;
}

const areas = {
  elementwise,
  facts,
  movement,
  reductions,
  products,
  indexing,
  random,
  compositions,
};
export async function backendSuite(runner: TestRunner, options: BackendSuiteOptions): Promise<void> {
  const device = await options.createDevice();
  const tests = new BackendTests(runner, device, options.createDevice);
  for (const [name, define] of Object.entries(areas)) tests.group(name, () => define(tests));
  await golden(tests);
  await goldenOptimizers(tests);
}
