import {
  ArgumentError,
  DataTypeError,
  formatShape,
  sameShape,
  ShapeError,
  type Tensor,
  type Variable,
} from '@gradus/core';

/** Throws unless there is one fitting gradient for each parameter, and none besides. */
export function checkGradients(
  optimizer: string,
  parameters: Readonly<Record<string, Variable>>,
  gradients: Readonly<Record<string, Tensor>>,
): void {
  const names = Object.keys(parameters);
  if (names.length === 0) {
    throw new ArgumentError(`${optimizer}: the model has no trainable parameters to update.`);
  }
  const missing = names.filter((name) => !Object.hasOwn(gradients, name));
  const unknown = Object.keys(gradients).filter((name) => !Object.hasOwn(parameters, name));
  if (missing.length > 0 || unknown.length > 0) {
    const problems = [...list('no gradient for', missing), ...list('no parameter called', unknown)];
    throw new ArgumentError(
      `${optimizer}: ${problems.join('; ')}. The parameters are ${names.join(', ')}; ` +
        `grad(loss, model) returns their gradients.`,
    );
  }
  for (const name of names) checkGradient(optimizer, name, parameters[name]!, gradients[name]!);
}

function list(problem: string, names: readonly string[]): string[] {
  return names.length === 0 ? [] : [`${problem} ${names.join(', ')}`];
}

function checkGradient(
  optimizer: string,
  name: string,
  parameter: Variable,
  gradient: Tensor,
): void {
  if (!sameShape(parameter.shape, gradient.shape)) {
    throw new ShapeError(
      `${optimizer}: the gradient of ${name} must have the parameter's shape ` +
        `${formatShape(parameter.shape)}, got ${formatShape(gradient.shape)}.`,
    );
  }
  if (parameter.dtype !== gradient.dtype) {
    throw new DataTypeError(
      `${optimizer}: the gradient of ${name} must be ${parameter.dtype} as the parameter is, ` +
        `got ${gradient.dtype}; cast it: gradient.cast('${parameter.dtype}').`,
    );
  }
}
