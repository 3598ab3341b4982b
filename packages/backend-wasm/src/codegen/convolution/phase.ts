import type { Conv2dKernel } from '@gradus/core/backend';

/**
 * Along one axis, coordinates of a result that see the same elements of a kernel ("taps"): the
 * product of one is where the others' are, moved. Coordinates `first`, `first` + `step`, … see taps
 * `firstTap`, `firstTap` + `tapStep`, …; the first one meets the first tap at `source`, the next
 * coordinate `sourceStep` and the next tap `tapSourceStep` further.
 */
export interface Phase {
  readonly first: number;
  readonly step: number;
  readonly taps: number;
  readonly firstTap: number;
  readonly tapStep: number;
  readonly source: number;
  readonly sourceStep: number;
  readonly tapSourceStep: number;
}

/** How results see their source through a kernel along one axis. */
export interface AxisView {
  readonly phases: readonly Phase[];
  /** The coordinate of the source, also outside of it, that phases count from. */
  readonly origin: number;
  /** From results `unit` further on everything is the same, but `sourcePerUnit` further. */
  readonly unit: number;
  readonly sourcePerUnit: number;
}

/** How the results of a pass that makes images see their source, along axis 0 (down) or 1. */
export function axisView({ pass, window }: Conv2dKernel, axis: 0 | 1): AxisView {
  const taps = window.kernel[axis];
  const stride = window.stride[axis];
  const dilation = window.dilation[axis];
  const padding = axis === 0 ? window.padding.top : window.padding.left;
  if (pass !== 'inputGradient') {
    const steps = { first: 0, step: 1, firstTap: 0, tapStep: 1, source: 0 };
    const phase = { ...steps, taps, sourceStep: stride, tapSourceStep: dilation };
    return { phases: [phase], origin: -padding, unit: 1, sourcePerUnit: stride };
  }
  // Element y of the image meets tap t at place (y + padding − t · dilation) / stride, if whole.
  const reach = Math.floor((dilation * (taps - 1)) / stride);
  const firstPlace = Math.floor(padding / stride);
  const tapStep = stride / greatestCommonDivisor(stride, dilation);
  const phases = Array.from({ length: stride }, (_, remainder): Phase => {
    const first = (((remainder - padding) % stride) + stride) % stride;
    const candidates = Array.from({ length: Math.min(tapStep, taps) }, (_value, tap) => tap);
    const firstTap = candidates.find((tap) => (tap * dilation) % stride === remainder);
    const place = Math.floor((first + padding) / stride) - firstPlace;
    const shift = firstTap === undefined ? 0 : (remainder - firstTap * dilation) / stride;
    return {
      first,
      step: stride,
      taps: firstTap === undefined ? 0 : Math.floor((taps - 1 - firstTap) / tapStep) + 1,
      firstTap: firstTap ?? 0,
      tapStep,
      source: place + shift + reach,
      sourceStep: 1,
      tapSourceStep: -(dilation * tapStep) / stride,
    };
  });
  return { phases, origin: firstPlace - reach, unit: stride, sourcePerUnit: 1 };
}

/** How many of the first `extent` coordinates of a result belong to a phase. */
export function phaseExtent({ first, step }: Phase, extent: number): number {
  return Math.max(0, Math.ceil((extent - first) / step));
}

/** How much of the source the first `extent` coordinates see, from the origin on. */
export function sourceExtent({ phases }: AxisView, extent: number): number {
  const ends = phases.map((phase) => {
    const last = phaseExtent(phase, extent) - 1;
    if (last < 0 || phase.taps === 0) return 0;
    const tap = Math.max(0, (phase.taps - 1) * phase.tapSourceStep);
    return phase.source + last * phase.sourceStep + tap + 1;
  });
  return Math.max(...ends);
}

function greatestCommonDivisor(a: number, b: number): number {
  return b === 0 ? a : greatestCommonDivisor(b, a % b);
}
