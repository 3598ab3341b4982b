import { compile, formatShape, sizeOf, type Device, type Shape, type Tensor } from '@gradus/core';
import { randomKey, uniform } from '@gradus/random';
import { WorkloadError, type StartedWorkload, type Workload } from './workload.js';

/** An element of a result, computed in double precision. */
export interface ExactElement {
  readonly value: number;
  /** By how much rounding may have moved it. */
  readonly tolerance: number;
}

/** Operands in the host's memory, row by row. */
export type Operands = readonly Float32Array[];

/** A function of float32 tensors, and what is needed to time it. */
export interface TensorFunction {
  readonly name: string;
  readonly description: string;
  /** Floating-point operations. */
  readonly operations: number;
  /** The shapes of its operands. */
  readonly shapes: readonly Shape[];
  readonly compute: (operands: readonly Tensor[]) => Tensor;
  /** The element of the result at a place, row by row. */
  readonly exact: (operands: Operands, place: number) => ExactElement;
}

/** How many elements of a result are computed again. */
const samples = 24;

/**
 * A workload that computes a function of tensors. Operands are uniform in [-1, 1), and elements all
 * over the result are verified in double precision.
 */
export function tensorFunction(definition: TensorFunction): Workload {
  const { name, description } = definition;
  return { name, description, start: (device) => start(definition, device) };
}

function start(definition: TensorFunction, device: Device): StartedWorkload {
  const { name, operations, shapes, compute, exact } = definition;
  const step = compile((operands: readonly Tensor[]) => compute(operands), { device });
  return {
    operations,
    prepare(round) {
      const key = randomKey(round);
      const operands = shapes.map((shape, position) =>
        uniform(key.fold(position), sizeOf(shape), { minimum: -1, maximum: 1 }),
      );
      const given = operands.map((data, position) => ({ data, shape: shapes[position]! }));
      return {
        run: async () => (await step(given)).data(),
        verify: async (result) => {
          for (const place of placesIn(result.length)) {
            assertNear(`${name}, element ${place}`, result[place]!, exact(operands, place));
          }
        },
        compiled: () => step.compiled(given),
      };
    },
  };
}

/** The first and the last element, and some that are spread over rows and columns. */
function placesIn(length: number): number[] {
  const step = (length - 1) / (samples - 1);
  return Array.from({ length: samples }, (_, sample) => Math.floor(sample * step));
}

function assertNear(what: string, got: number, { value, tolerance }: ExactElement): void {
  if (Math.abs(got - value) <= tolerance) return;
  throw new WorkloadError(`${what}: expected ${value} within ${tolerance}, got ${got}.`);
}

/** The sum of products, and the bound on what float32 sums of so many differ by. */
export class ExactSum implements ExactElement {
  value = 0;
  #magnitude = 0;
  #terms = 0;

  /** Adds left · right. */
  add(left: number, right: number): void {
    this.value += left * right;
    this.#magnitude += Math.abs(left * right);
    this.#terms++;
  }

  /** Each term is rounded at most as often as there are terms. */
  get tolerance(): number {
    return this.#terms * 2 ** -24 * this.#magnitude;
  }
}

/** `100 × 784`. */
export function times(shape: Shape): string {
  return shape.length === 0 ? formatShape(shape) : shape.join(' × ');
}
