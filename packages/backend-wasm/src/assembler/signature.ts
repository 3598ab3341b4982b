import { AssemblerError } from './error.js';
import type { Expression, Operand, ValueType } from './expression.js';
import { operand } from './instruction.js';

/** What a function takes and gives. Parameters are named, and ordered as written. */
export interface Signature {
  readonly parameters: Readonly<Record<string, ValueType>>;
  readonly result?: ValueType;
}

/** What a call gives for the parameters. */
export type ArgumentsOf<Given extends Signature> = {
  readonly [Name in keyof Given['parameters']]: Operand<Given['parameters'][Name]>;
};

/** The type of a call. */
export type ResultOf<Given extends Signature> = Given extends {
  readonly result: infer Type extends ValueType;
}
  ? Type
  : 'none';

/** The type of a call. */
export function resultOf<Given extends Signature>({ result }: Given): ResultOf<Given> {
  return (result ?? 'none') as ResultOf<Given>;
}

/**
 * The arguments in the order of the parameters.
 *
 * @throws {AssemblerError} If one is missing, unknown, or of another type.
 */
export function argumentsInOrder<Given extends Signature>(
  user: string,
  { parameters }: Given,
  given: ArgumentsOf<Given>,
): Expression<ValueType>[] {
  for (const name of Object.keys(given)) {
    if (parameters[name] === undefined) {
      const known = Object.keys(parameters).join(', ');
      throw new AssemblerError(`${user}: there is no parameter "${name}", but ${known}`);
    }
  }
  return Object.entries(parameters).map(([name, type]) =>
    operand(user, `"${name}"`, type, (given as Readonly<Record<string, Operand>>)[name]),
  );
}
