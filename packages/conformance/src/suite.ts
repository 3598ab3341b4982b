import {
  setDefaultDevice,
  Tensor,
  type Capabilities,
  type DataType,
  type Device,
  type GraphHandle,
} from '@gradus/core';
import { checkValues, type Values } from './assertions.js';
import { Inputs } from './inputs.js';
import { evaluateReference, type Precision } from './reference/evaluate.js';
import type { TestRunner } from './runner.js';
import { exact, type Tolerance } from './tolerances.js';

/** What a test needs of the device's capabilities; where it is missing the test is skipped. */
export interface Requirements {
  readonly dtypes?: readonly DataType[];
  readonly synchronous?: boolean;
  readonly hostMemory?: boolean;
  readonly multipleOutputs?: boolean;
}

/** How an expression is compared with the reference. */
export interface ExpressionOptions {
  readonly tolerance?: Tolerance;
  /** `'own'` (the default) rounds as the dtypes do; `'float64'` does not round. */
  readonly precision?: Precision;
  readonly needs?: Requirements;
}

/** A device under test, and the runner that its tests are defined with. */
export class BackendTests {
  /** The device that most tests share. */
  readonly device: Device;
  /** A device of its own for tests that count memory or dispose. */
  readonly createDevice: () => Promise<Device>;
  readonly #runner: TestRunner;

  constructor(runner: TestRunner, device: Device, createDevice: () => Device | Promise<Device>) {
    this.#runner = runner;
    this.device = device;
    this.createDevice = async () => createDevice();
  }

  /** What the device says it can do. */
  get capabilities(): Capabilities {
    return this.device.capabilities;
  }

  /** The device's dtypes that satisfy `accepts`. */
  dtypes(accepts: (dtype: DataType) => boolean = () => true): readonly DataType[] {
    return this.capabilities.dtypes.filter(accepts);
  }

  /** Tests under a common title. */
  group(name: string, define: () => void): void {
    this.#runner.describe(name, define);
  }

  /** A test; the device is the default one while it runs. */
  test(name: string, body: () => unknown, needs: Requirements = {}): void {
    const reason = missing(this.capabilities, needs);
    const { it } = this.#runner;
    const run = async (): Promise<void> => {
      setDefaultDevice(this.device);
      await body();
    };
    if (reason === undefined) it(name, run);
    else if (it.skip !== undefined) it.skip(`${name} (skipped: ${reason})`, run);
    else it(`${name} (skipped: ${reason})`, () => Promise.resolve());
  }

  /** A test that computes `build(inputs)` on the device and by the reference. */
  expression(
    name: string,
    build: (inputs: Inputs) => Tensor | readonly Tensor[],
    { tolerance = exact, precision = 'own', needs = {} }: ExpressionOptions = {},
  ): void {
    const body = async (): Promise<void> => {
      const built = build(new Inputs(seedOf(name)));
      const tensors = built instanceof Tensor ? [built] : built;
      const expected = evaluateReference(tensors, precision);
      for (const [position, each] of tensors.entries()) {
        const what = tensors.length === 1 ? name : `${name}, result ${position}`;
        const { data } = expected[position]!;
        checkValues(
          what,
          await read(each),
          { shape: each.shape, dtype: each.dtype, data },
          tolerance,
        );
      }
    };
    this.test(name, body, needs);
  }
}

/** The values of a tensor that the device computes; float16 as numbers rather than raw bits. */
export async function read(handle: GraphHandle): Promise<Values> {
  const { shape, dtype } = handle.node;
  const value = handle instanceof Tensor ? handle : new Tensor(handle.node);
  const readable = dtype === 'float16' ? value.cast('float32') : value;
  return { shape, dtype, data: await readable.data() };
}

/** What the device lacks, in words. */
function missing(capabilities: Capabilities, needs: Requirements): string | undefined {
  const dtype = needs.dtypes?.find((each) => !capabilities.dtypes.includes(each));
  if (dtype !== undefined) return `no ${dtype}`;
  const flags = ['synchronous', 'hostMemory', 'multipleOutputs'] as const;
  const flag = flags.find(
    (each) => needs[each] !== undefined && needs[each] !== capabilities[each],
  );
  return flag === undefined ? undefined : `${flag} is ${capabilities[flag]}`;
}

/** A seed for each name, so that tests do not all see the same numbers. */
function seedOf(name: string): number {
  let seed = 0;
  for (const character of name) seed = (Math.imul(seed, 31) + character.codePointAt(0)!) >>> 0;
  return seed;
}
