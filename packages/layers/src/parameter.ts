import { ArgumentError, sizeOf, tensor, Variable, type DataType, type Shape } from '@gradus/core';
import type { Initializer, InitializerContext } from './initializers/initializer.js';

/** What a layer says about a parameter it makes. */
export interface ParameterOptions extends InitializerContext {
  readonly initializer: Initializer;
  readonly dtype: DataType;
}

/**
 * A trainable variable with initial values drawn on the host.
 *
 * @param name For messages, as `Dense(784, 10).weight`.
 */
export function parameter(name: string, shape: Shape, options: ParameterOptions): Variable {
  const { initializer, dtype, ...context } = options;
  const values: unknown = initializer(shape, context);
  if (!Array.isArray(values) && !ArrayBuffer.isView(values)) {
    const hint = typeof values === 'function' ? '; call it with its options first' : '';
    throw new ArgumentError(
      `${name}: an initialiser must return an array of numbers, got a ${typeof values}${hint}.`,
    );
  }
  const { length } = values as ArrayLike<number>;
  if (length !== sizeOf(shape)) {
    throw new ArgumentError(
      `${name}: the initialiser returned ${length} values for the shape [${shape.join(', ')}], ` +
        `which needs ${sizeOf(shape)}.`,
    );
  }
  return new Variable(tensor(values as number[], { shape, dtype }), { name });
}
