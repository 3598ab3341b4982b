import {
  f32,
  i32,
  i64,
  memory,
  v128,
  type FunctionBody,
  type FunctionReference,
  type ModuleBuilder,
  type Operand,
  type Variable,
} from '../assembler/index.js';
import { interleaveHigh, interleaveLow, transpose } from './shuffle.js';

/**
 * Of `packLeft` and `packRight`. A panel is made of strips of so many lanes (rows of the left
 * operand, columns of the right one); a strip holds, for each step of the depth, the elements of
 * its lanes side by side. Lanes that the last strip lacks are zero. Strides are in bytes.
 */
const packSignature = {
  parameters: {
    target: 'i32',
    source: 'i32',
    /** How many rows of the left operand, or columns of the right one. */
    lanes: 'i32',
    laneStride: 'i32',
    depth: 'i32',
    depthStride: 'i32',
  },
} as const;

/** A function that packs. */
export type Pack = FunctionReference<typeof packSignature>;

/** A strip being packed, and where its source begins. */
interface Strip extends Readonly<
  Record<'target' | 'source' | 'laneStride' | 'depth' | 'depthStride', Variable<'i32'>>
> {
  /** 5, 6 or 8. */
  readonly width: number;
}

/** Defines a function that packs strips of `width` lanes. */
export function definePack(module: ModuleBuilder, name: string, width: number): Pack {
  return module.function(name, packSignature, (body, { lanes, ...parameters }) => {
    const { target, source, laneStride, depth, depthStride } = parameters;
    const strip = { ...parameters, width };
    const stripBytes = body.let(i32.mul(depth, 4 * width), 'stripBytes');
    body.for({ to: lanes, step: width, name: 'lane' }, (lane) => {
      const present = body.let(i32.sub(lanes, lane), 'present');
      const copyWhole = (): void => copyOneByOne(body, strip, width, 0);
      const copyDown = (): void =>
        body.if(i32.eq(depthStride, 4), () => copyTransposed(body, strip), copyWhole);
      const copy = (): void =>
        body.if(i32.eq(laneStride, 4), () => copyAcross(body, strip), copyDown);
      body.if(i32.ge_s(present, width), copy, () => {
        body.emit(memory.fill(target, 0, stripBytes));
        copyOneByOne(body, strip, present, 0);
      });
      body.increase(source, i32.mul(laneStride, width));
      body.increase(target, stripBytes);
    });
  });
}

/** Any strides, any number of lanes: element by element, from step `first` of the depth on. */
function copyOneByOne(
  body: FunctionBody,
  { target, source, laneStride, depth, depthStride, width }: Strip,
  lanes: Operand<'i32'>,
  first: Operand<'i32'>,
): void {
  body.for({ to: lanes, name: 'lane' }, (lane) => {
    const to = body.let(i32.add(target, i32.shl(lane, 2)), 'to');
    const from = body.let(i32.add(source, i32.mul(lane, laneStride)), 'from');
    body.increase(to, i32.mul(first, 4 * width));
    body.increase(from, i32.mul(first, depthStride));
    body.for({ from: first, to: depth }, () => {
      body.emit(f32.store(to, f32.load(from)));
      body.increase(to, 4 * width);
      body.increase(from, depthStride);
    });
  });
}

/** Lanes that lie side by side already: whole vectors, then one or two elements more. */
function copyAcross(body: FunctionBody, strip: Strip): void {
  const { target, source, depth, depthStride, width } = strip;
  const to = body.let(target, 'to');
  const from = body.let(source, 'from');
  body.for({ to: depth }, () => {
    const vectors = width >> 2;
    for (let i = 0; i < vectors; i++) body.emit(v128.store(to, v128.load(from, 16 * i), 16 * i));
    const rest = 16 * vectors;
    if (width % 4 === 1) body.emit(f32.store(to, f32.load(from, rest), rest));
    if (width % 4 === 2) body.emit(i64.store(to, i64.load(from, rest), rest));
    body.increase(to, 4 * width);
    body.increase(from, depthStride);
  });
}

/** Lanes of which each is contiguous: four steps of the depth at a time, transposed. */
function copyTransposed(body: FunctionBody, strip: Strip): void {
  const { target, source, laneStride, depth, width } = strip;
  const to = body.let(target, 'to');
  const from = body.let(source, 'from');
  const whole = body.let(i32.and(depth, -4), 'whole');
  body.for({ to: whole, step: 4 }, () => {
    const lane = body.let(from, 'lane');
    const lanes = Array.from({ length: width }, () => {
      const vector = body.let(v128.load(lane), 'vector');
      body.increase(lane, laneStride);
      return vector;
    });
    for (let first = 0; first + 4 <= width; first += 4) {
      transpose(body, lanes.slice(first, first + 4)).forEach((step, i) =>
        body.emit(v128.store(to, step, 4 * (width * i + first))),
      );
    }
    storeRest(body, to, lanes);
    body.increase(to, 16 * width);
    body.increase(from, 16);
  });
  copyOneByOne(body, strip, width, whole);
}

/** Stores the lanes behind the last four of which `transpose` takes care: none, one or two. */
function storeRest(body: FunctionBody, to: Variable<'i32'>, lanes: Variable<'v128'>[]): void {
  const width = lanes.length;
  const offsets = [0, 1, 2, 3].map((step) => 4 * (width * step + (width & -4)));
  const [first, second] = lanes.slice(width & -4);
  if (second) {
    const low = body.let(interleaveLow(first!, second), 'low');
    const high = body.let(interleaveHigh(first!, second), 'high');
    offsets.forEach((offset, step) =>
      body.emit(v128.store64_lane(to, step < 2 ? low : high, step & 1, offset)),
    );
  } else if (first) {
    offsets.forEach((offset, step) => body.emit(v128.store32_lane(to, first, step, offset)));
  }
}
