import type { DataType, TypedArray } from './dtype.js';
import { DataTypeError, DisposedError, ShapeError } from './errors.js';
import { variableRead } from './graph/leaf.js';
import type { GraphNode } from './graph/node.js';
import { coreInstance, handleBrand, type GraphHandle } from './handle.js';
import { assignVersion, disposeVersion } from './runtime/assignment.js';
import type { Device } from './runtime/device.js';
import { VariableVersion, type VersionedVariable } from './runtime/variable-version.js';
import { readNode } from './runtime/realize.js';
import { currentTrace, reading } from './runtime/trace.js';
import { formatShape, sameShape, type Shape } from './shape.js';
import { nodeOf, type TensorLike } from './tensor-like.js';
import { Tensor } from './tensor.js';

/** How a variable is named and treated. */
export interface VariableOptions {
  /** For messages. */
  readonly name?: string;
  readonly dtype?: DataType;
  /** Whether it is a parameter, which optimisers update; false for running statistics. */
  readonly trainable?: boolean;
}

let nextId = 1;

/**
 * A tensor that can be assigned: a parameter, a statistic, an optimiser's state. Each `assign`
 * makes a new version; a read captures the version that is current in program order, so an
 * expression built before an assignment keeps the old value. Made inside a traced function, it is
 * made once and survives retraces.
 */
export class Variable implements GraphHandle, VersionedVariable {
  readonly [handleBrand] = coreInstance;
  /** Different for every variable of this copy of core. */
  readonly id: number;
  readonly name: string;
  readonly shape: Shape;
  readonly dtype: DataType;
  /** Whether it is a parameter by nature: running statistics and optimisers' states are not. */
  readonly trainable: boolean;
  /**
   * A frozen parameter keeps its value: `namedParameters` leaves it out, so that no gradient is
   * asked for and no optimiser updates it. Functions compiled before go on as they were traced.
   */
  frozen = false;
  /** The version that the next read captures. For the engine. */
  current: VariableVersion;
  /** The device its values live on, once they have been needed. For the engine. */
  device: Device | undefined;
  #disposed = false;

  /** Starts with the value of `initial`, which is evaluated at the first use. */
  constructor(initial: TensorLike, options: VariableOptions = {}) {
    const node = nodeOf(initial, options.dtype);
    if (options.dtype !== undefined && node.dtype !== options.dtype) {
      throw new DataTypeError(
        `Variable: the initial value is ${node.dtype}, but dtype asks for ${options.dtype}; cast it.`,
      );
    }
    this.id = nextId++;
    this.name = options.name ?? 'variable';
    this.shape = node.shape;
    this.dtype = node.dtype;
    this.trainable = options.trainable ?? true;
    this.current = new VariableVersion(this, node);
    const earlier = currentTrace()?.declare(this);
    // A constructor may return another object: the variable that the first trace made.
    if (earlier !== undefined) return earlier;
  }

  /** A read of the current version, as a node of the graph. */
  get node(): GraphNode {
    this.#assertAlive();
    const trace = currentTrace();
    const version = trace === undefined ? this.current : trace.versionOf(this);
    version.assertKnown();
    if (trace === undefined) version.escaped = true;
    return variableRead(version);
  }

  /** A tensor with the value of the current version. */
  get value(): Tensor {
    return new Tensor(this.node);
  }

  /** Makes `value`, of this variable's shape and dtype, the current version. */
  assign(value: TensorLike): void {
    this.#assertAlive();
    const node = nodeOf(value, this.dtype);
    if (!sameShape(node.shape, this.shape)) {
      throw new ShapeError(
        `${this.name}: cannot assign a value of shape ${formatShape(node.shape)} ` +
          `to a variable of shape ${formatShape(this.shape)}.`,
      );
    }
    if (node.dtype !== this.dtype) {
      throw new DataTypeError(
        `${this.name}: cannot assign ${node.dtype} to a ${this.dtype} variable; cast it.`,
      );
    }
    const trace = currentTrace();
    if (trace === undefined) assignVersion(this, node);
    else trace.assign(this, node);
  }

  /** Computes and copies the current value. */
  data(): Promise<TypedArray> {
    return reading(async () => {
      this.#assertAlive();
      this.current.assertKnown();
      // Not an escape: the read is enqueued before any later run can overwrite the value.
      return readNode(variableRead(this.current));
    });
  }

  /** Lets go of the value now; later use throws `DisposedError`. */
  dispose(): void {
    if (this.#disposed) return;
    this.#disposed = true;
    disposeVersion(this);
  }

  /** `using v = …` disposes at the end of the block. */
  [Symbol.dispose](): void {
    this.dispose();
  }

  /** Its name, dtype and shape. */
  toString(): string {
    return `Variable(${this.name}, ${this.dtype} ${formatShape(this.shape)})`;
  }

  #assertAlive(): void {
    if (this.#disposed) {
      throw new DisposedError(`${this.name}: this variable is used after dispose().`);
    }
  }
}
