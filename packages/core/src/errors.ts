/**
 * The root of every error that Gradus throws on purpose. `code` is stable across releases and is
 * what programs should test; `message` is for people.
 */
export class GradusError extends Error {
  /** A stable, upper-case identifier such as `SHAPE` or `DISPOSED`. */
  readonly code: string;

  constructor(code: string, message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = new.target.name;
    this.code = code;
  }
}

/** Shapes that do not fit an operation. The message names the operation and the shapes. */
export class ShapeError extends GradusError {
  constructor(message: string) {
    super('SHAPE', message);
  }
}

/** Data types that do not fit an operation. */
export class DataTypeError extends GradusError {
  constructor(message: string) {
    super('DTYPE', message);
  }
}

/** An argument outside of what a function accepts. */
export class ArgumentError extends GradusError {
  constructor(message: string) {
    super('ARGUMENT', message);
  }
}

/** A tensor or variable used after `dispose()`. */
export class DisposedError extends GradusError {
  constructor(message: string) {
    super('DISPOSED', message);
  }
}

/** Something that cannot happen while `compile` traces a function, or a tensor that left its trace. */
export class TraceError extends GradusError {
  constructor(message: string) {
    super('TRACE', message);
  }
}

/** A gradient that does not exist or would be ambiguous. */
export class GradientError extends GradusError {
  constructor(message: string) {
    super('GRADIENT', message);
  }
}

/** No device, two devices in one computation, or something the device cannot do. */
export class DeviceError extends GradusError {
  constructor(message: string, options?: ErrorOptions) {
    super('DEVICE', message, options);
  }
}

/** The device went away (a GPU reset, a killed worker); pending and later runs reject with this. */
export class DeviceLostError extends GradusError {
  constructor(message: string, options?: ErrorOptions) {
    super('DEVICE_LOST', message, options);
  }
}

/** A buffer that the device could not allocate; the message carries the sizes. */
export class OutOfMemoryError extends GradusError {
  constructor(message: string, options?: ErrorOptions) {
    super('OUT_OF_MEMORY', message, options);
  }
}

/** A variable whose value is unknown because the run that was writing it failed. */
export class VariableStateError extends GradusError {
  constructor(message: string, options?: ErrorOptions) {
    super('VARIABLE_STATE', message, options);
  }
}

/** Tensors from two copies of `@gradus/core` met in one operation. */
export class DuplicateCoreError extends GradusError {
  constructor(message: string) {
    super('DUPLICATE_CORE', message);
  }
}

/** A state dictionary that does not fit a model; the message lists everything that is amiss. */
export class StateDictionaryError extends GradusError {
  constructor(message: string) {
    super('STATE_DICTIONARY', message);
  }
}
