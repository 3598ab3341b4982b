import { closestMatch } from 'leven';
import { UsageError } from './errors.js';

/** Turns the text given for an option or argument into a value, or throws a `UsageError`. */
export type Parser<Value> = (text: string) => Value;

/** A parser of whole numbers of at least `minimum`. */
export function integer(option: string, minimum: 0 | 1): Parser<number> {
  return (text) => {
    const value = Number(text);
    if (/^\d+$/.test(text) && Number.isSafeInteger(value) && value >= minimum) return value;
    const range = minimum === 1 ? 'a positive whole number' : 'a whole number from 0';
    throw new UsageError(`${option} must be ${range} (at most 2^53 - 1); got "${text}".`);
  };
}

/** A parser of finite numbers above zero, such as `0.01` or `1e-3`. */
export function positiveNumber(option: string): Parser<number> {
  return (text) => {
    const value = Number(text);
    if (text.trim() !== '' && Number.isFinite(value) && value > 0) return value;
    throw new UsageError(`${option} must be a number above zero, such as 0.01; got "${text}".`);
  };
}

/** A parser of paths, which may not be empty: an empty variable in a script is a mistake. */
export function path(option: string, of: 'directory' | 'file'): Parser<string> {
  return (text) => {
    if (text !== '') return text;
    throw new UsageError(`${option} needs the path of a ${of}; got an empty one.`);
  };
}

/** A parser of one of a few names; a misspelt one is answered with the nearest. */
export function oneOf<Name extends string>(what: string, names: readonly Name[]): Parser<Name> {
  return (text) => {
    const found = names.find((name) => name === text);
    if (found !== undefined) return found;
    const nearest = closestMatch(text, names, { maxDistance: Math.max(2, text.length / 2) });
    const suggestion = nearest === undefined ? '' : ` Did you mean ${nearest}?`;
    throw new UsageError(
      `Unknown ${what} "${text}".${suggestion} Choose from: ${names.join(', ')}.`,
    );
  };
}
