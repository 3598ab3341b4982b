import type { Limits } from './assembler/index.js';
import { rowTableStep } from './convolution/index.js';
import { engineSignatures, threadByteLength } from './engine.js';

type EngineFunction = keyof typeof engineSignatures;
type Arguments<Name extends EngineFunction> = Readonly<
  Record<keyof (typeof engineSignatures)[Name]['parameters'], number>
>;

/** A call of a function of the engine module: its name, then what it is given. */
type EngineCall = readonly [name: string, ...values: readonly number[]];

/** Calls of all that the engine module exports, and the memory of zeros that they work on. */
export interface WarmUp {
  readonly memory: Limits;
  readonly calls: readonly EngineCall[];
}

const pageByteLength = 65536;
/** Behind the scratch memory, where everything is that the calls read and write. */
const areaByteLength = 2 ** 19;
const scratch = 64;

/** Engines optimise what has run for a while: about as often as this, at these sizes. */
const rounds = 6;

/**
 * What to call so that the compiler of the engine at hand optimises every kernel: each call takes
 * less than a few milliseconds at first. Undefined where memory may not grow as far as they need.
 */
export function warmUpOf(
  limits: Limits,
  options: { readonly fusedMultiplyAdd: boolean },
): WarmUp | undefined {
  const area = scratch + threadByteLength(options.fusedMultiplyAdd);
  const pages = Math.ceil((area + areaByteLength) / pageByteLength);
  if (limits.maximum !== undefined && limits.maximum < pages) return undefined;
  const once = [...products(area), ...convolutions(area)];
  return {
    memory: { ...limits, initial: pages, maximum: pages },
    calls: Array.from({ length: rounds }, () => once).flat(),
  };
}

function call<Name extends EngineFunction>(name: Name, given: Arguments<Name>): EngineCall {
  const parameters = Object.keys(engineSignatures[name].parameters) as (keyof Arguments<Name>)[];
  return [name, ...parameters.map((parameter) => given[parameter])];
}

/** Products of all remainders, from operands where they are and from packed ones. */
function products(area: number): EngineCall[] {
  const multiply = (rows: number, columns: number, depth: number, transposed: boolean) =>
    call('multiply', {
      ...{ left: area, leftRowStride: transposed ? 1 : depth },
      ...{ leftColumnStride: transposed ? rows : 1 },
      ...{ right: area, rightRowStride: transposed ? 1 : columns },
      ...{ rightColumnStride: transposed ? depth : 1 },
      ...{ output: area, outputRowStride: columns },
      ...{ rowStart: 0, rowEnd: rows, columnStart: 0, columnEnd: columns, depth },
      ...{ scratch, epilogue: -1, context: 0 },
    });
  return [0, 1, 2, 3, 4].flatMap((remainder) =>
    [false, true].flatMap((transposed) => [
      multiply(30 + remainder, 12, 96, transposed),
      multiply(66 + remainder, 132 + remainder, 32, transposed),
    ]),
  );
}

/** The tables being zeros, all that is gathered is in one place. */
function convolutions(area: number): EngineCall[] {
  const [tables, target] = [area, area + areaByteLength / 2];
  const [rows, depth, lanes] = [120, 96, 28];
  const gathered = { left: area, rowTable: tables, depthTable: tables, depth, right: area };
  const ofRows = [1, 2, 3, 4, 7, 9, rows].map((count) =>
    call('multiplyGathered', { ...gathered, rows: count, lanes, output: target, accumulate: 1 }),
  );
  const packed = { target, source: area, lanes: 16, laneStride: 4 * depth, depth };
  return [
    ...ofRows,
    call('padPlanes', {
      ...{ target, planes: 4, height: 32, width: 32, source: area },
      ...{ sourceHeight: 28, sourceWidth: 28, firstRow: -2, firstColumn: -2 },
    }),
    call('packGathered', { ...packed, depthTable: tables }),
    call('packChannels', { ...packed, stripStride: 32 * depth }),
    call('sumTransposed', {
      ...{ target, targetStride: 4 * depth, source: area, sourceStride: 16, rows: depth },
      ...{ parts: 8, partStride: 16 * depth },
    }),
    call('writeOffsets', {
      ...{ target, step: rowTableStep, first: 0, outer: 8, outerStride: 0 },
      ...{ middle: 8, middleStride: 0, inner: 8, innerStride: 0 },
    }),
  ];
}
