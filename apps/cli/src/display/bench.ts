import type { Measurement } from '@gradus/workloads';
import { formatShape, type KernelProfile } from 'gradus';
import * as format from './format.js';

/** A workload that has been timed. */
export interface BenchResult {
  readonly name: string;
  readonly device: string;
  readonly threads: number;
  readonly measurement: Measurement;
}

/** What the columns of results are, in front of them. */
export function headline(device: string, threads: number, rounds: number): string {
  const where = `${device} (${format.counted(threads, 'thread')})`;
  return `Timing on ${where}: medians of ${format.counted(rounds, 'round')}, data to and from the device included`;
}

/** A result, to be printed behind the name. */
export function result({ measurement }: BenchResult): string {
  const { milliseconds, bestMilliseconds, gflops, checksum } = measurement;
  return [
    format.milliseconds(milliseconds).padStart(13),
    `${gflops.toFixed(gflops < 10 ? 2 : 1)} GFLOP/s`.padStart(15),
    `best ${format.milliseconds(bestMilliseconds)}`.padEnd(14),
    `checksum ${checksum.toPrecision(7)}`,
  ].join('   ');
}

/**
 * The kernels of a result in lines, those that took longest first.
 *
 * @param description Of a device, which says why it has no times if so.
 */
export function kernels({ measurement }: BenchResult, description = 'this device'): string {
  if (measurement.compiled.profile === undefined) {
    return `    no times of kernels: ${description}\n`;
  }
  const profile = profileOf(measurement);
  const total = profile.reduce((sum, { perCall }) => sum + perCall, 0);
  const rows = profile
    .toSorted((a, b) => b.perCall - a.perCall)
    .map(({ kind, name, perCall, waitPerCall, shape }) => [
      fine(perCall).padStart(10),
      (total === 0 ? '' : format.percent(perCall / total)).padStart(7),
      waitPerCall === 0 ? '' : `${fine(waitPerCall)} waiting`,
      kind,
      formatShape(shape),
      name,
    ]);
  const heading = `${format.counted(rows.length, 'kernel')}, ${format.milliseconds(total)} a run`;
  return [heading, ...format.table(rows)].map((line) => `    ${line}\n`).join('');
}

/** A result, and its kernels if it has their times, as JSON lines. */
export function jsonLines(given: BenchResult): string {
  const { measurement, ...fields } = given;
  const { milliseconds: ms, bestMilliseconds: bestMs, gflops, checksum, rounds } = measurement;
  const events: object[] = profileOf(measurement).map((each, at) => ({
    event: 'kernel',
    name: given.name,
    position: at + 1,
    kind: each.kind,
    kernel: each.name,
    shape: each.shape,
    calls: each.calls,
    ms: each.milliseconds,
    waitMs: each.waitMilliseconds,
  }));
  events.push({ event: 'result', ...fields, ms, bestMs, gflops, checksum, rounds });
  return events.map((event) => `${JSON.stringify(event)}\n`).join('');
}

/** Milliseconds down to microseconds. */
function fine(milliseconds: number): string {
  return `${milliseconds.toFixed(3)} ms`;
}

interface ShownKernel extends KernelProfile {
  readonly shape: readonly number[];
  readonly perCall: number;
  readonly waitPerCall: number;
}

function profileOf({ compiled: { plan, profile = [] } }: Measurement): readonly ShownKernel[] {
  return profile.map((each, at) => ({
    ...each,
    shape: plan.kernels[at]!.shape,
    perCall: each.milliseconds / each.calls,
    waitPerCall: each.waitMilliseconds / each.calls,
  }));
}
