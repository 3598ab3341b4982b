import {
  formatShape,
  GradientError,
  isFloating,
  isHandle,
  namedParameters,
  Variable,
  type Tensor,
} from '@gradus/core';

type Handle = Tensor | Variable;

/**
 * What `grad` answers for what it is asked: a tensor for a tensor or variable, the same array or
 * record for an array or record of them, and for anything else, taken as a model, a record from
 * the path of each trainable variable to its gradient.
 */
export type GradientsOf<Target> = Target extends Handle
  ? Tensor
  : Target extends readonly Handle[]
    ? { readonly [Position in keyof Target]: Tensor }
    : Target extends Readonly<Record<string, Handle>>
      ? { readonly [Name in keyof Target]: Tensor }
      : Readonly<Record<string, Tensor>>;

/** One tensor or variable whose gradient is asked for. */
export interface Target {
  readonly handle: Handle;
  /** For messages. */
  readonly label: string;
}

/** What is asked for, taken apart. */
export interface Targets {
  readonly list: readonly Target[];
  readonly kind: 'single' | 'array' | 'record' | 'model';
  /** One value per target, in the structure of the answer. */
  readonly arrange: (values: readonly unknown[]) => unknown;
}

/** Takes apart what gradients are asked for. Throws `GradientError` for what can have none. */
export function parseTargets(wrt: object): Targets {
  const targets = takeApart(wrt);
  for (const { handle, label } of targets.list) {
    if (!isFloating(handle.dtype)) {
      throw new GradientError(
        `grad: ${label} is ${handle.dtype}; only floating-point tensors have gradients.`,
      );
    }
  }
  return targets;
}

function takeApart(wrt: object): Targets {
  if (isHandle(wrt)) {
    const list = [{ handle: wrt as Handle, label: describe(wrt as Handle) }];
    return { list, kind: 'single', arrange: ([value]) => value };
  }
  if (Array.isArray(wrt) && wrt.every(isHandle)) {
    const list = (wrt as Handle[]).map((handle, index) => ({ handle, label: `element ${index}` }));
    return { list, kind: 'array', arrange: (values) => values };
  }
  if (isPlain(wrt) && Object.values(wrt).every(isHandle)) {
    return named('record', wrt as Record<string, Handle>);
  }
  const parameters = namedParameters(wrt);
  if (Object.keys(parameters).length === 0) {
    throw new GradientError(
      `grad: expected a tensor, a variable, an array or record of them, or a model, ` +
        `but ${wrt.constructor.name} holds no trainable variables.`,
    );
  }
  return named('model', parameters);
}

function named(kind: 'record' | 'model', handles: Record<string, Handle>): Targets {
  const names = Object.keys(handles);
  return {
    list: names.map((name) => ({ handle: handles[name]!, label: name })),
    kind,
    arrange: (values) => Object.fromEntries(names.map((name, index) => [name, values[index]])),
  };
}

function isPlain(value: object): boolean {
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null;
}

function describe(handle: Handle): string {
  if (handle instanceof Variable) return `the variable ${handle.name}`;
  return `the ${handle.dtype} tensor of shape ${formatShape(handle.shape)}`;
}
