import { backendSuite } from '@gradus/conformance';
import type { Device } from '@gradus/core';
import type { ConformanceCase, ConformancePage, Mode } from './conformance-page.js';

/** What a page of the conformance tests runs the suite on. */
export interface DeviceUnderTest {
  readonly name: string;
  readonly createDevice: () => Promise<Device>;
  /** What the page says of a device beside its capabilities. */
  readonly inspect?: (device: Device) => Promise<Pick<Mode, 'fused'>>;
}

/** Defines the suite's cases, to be run when asked, as the promise `conformance` of the page. */
export function offerConformance(device: DeviceUnderTest): void {
  Object.assign(globalThis, { conformance: definePage(device) });
}

async function definePage({
  name,
  createDevice,
  inspect,
}: DeviceUnderTest): Promise<ConformancePage> {
  const cases: ConformanceCase[] = [];
  const bodies: (() => Promise<void>)[] = [];
  const path: string[] = [];
  const describe = (title: string, define: () => void): void => {
    path.push(title);
    define();
    path.pop();
  };
  const it = (title: string, body: () => Promise<void>): void => {
    cases.push({ path: [...path, title], body: bodies.push(body) - 1 });
  };
  const skip = (title: string): void => {
    cases.push({ path: [...path, title], body: undefined });
  };
  await backendSuite({ describe, it: Object.assign(it, { skip }) }, { name, createDevice });

  const device = await createDevice();
  const { synchronous, threads, description = '' } = device.capabilities;
  const inspected = await inspect?.(device);
  device.dispose();
  return {
    cases,
    mode: { synchronous, threads, description, ...inspected },
    run: (at) => bodies[at]!(),
  };
}
