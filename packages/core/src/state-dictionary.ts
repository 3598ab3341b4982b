import { checkOptionNames } from './arguments.js';
import { isFloating, isInteger, type DataType } from './dtype.js';
import { ArgumentError, StateDictionaryError } from './errors.js';
import { namedVariables } from './layer.js';
import { formatShape, sameShape, type Shape } from './shape.js';
import { asTensor, type Tensor } from './tensor.js';
import type { TensorLike } from './tensor-like.js';
import type { Variable } from './variable.js';

/** What a dictionary calls the variable that a model has at `path`. */
export type Rename = (path: string) => string;

/** How values find their variables. */
export interface LoadOptions {
  /**
   * True (the default): every variable needs a value that fits, and no value may be left over.
   * False: what fits is loaded, and the report tells the rest.
   */
  readonly strict?: boolean | undefined;
  /** What the dictionary calls the variable at a path, where that is not the path itself. */
  readonly rename?: Rename | undefined;
}

/** A value that its variable cannot take. */
export interface Misfit {
  /** What the dictionary calls it. */
  readonly name: string;
  readonly expected: { readonly shape: Shape; readonly dtype: DataType };
  readonly given: { readonly shape: Shape; readonly dtype: DataType };
}

/** What became of a dictionary, by its own names. */
export interface LoadReport {
  readonly loaded: readonly string[];
  /** Variables of the model that it has no value for. */
  readonly missing: readonly string[];
  /** Values that the model has no variable for. */
  readonly unexpected: readonly string[];
  /** Values of another shape, or integers for floating-point variables and the reverse. */
  readonly misfits: readonly Misfit[];
}

/**
 * Everything a model has learnt, by path: parameters, frozen ones too, and statistics. The tensors
 * are the values of now, whatever is assigned later.
 *
 * @param rename What to call the variable at a path: `pyTorchNaming(model)` of `@gradus/layers` for instance.
 * @throws ArgumentError when two variables would get one name.
 */
export function stateDictionary(model: object, rename?: Rename): Record<string, Tensor> {
  const named = renamed(model, rename);
  return Object.fromEntries([...named].map(([name, variable]) => [name, variable.value]));
}

/**
 * Gives the variables of `model` the values of a state dictionary, all or, if it throws, none of
 * them. A floating-point value is cast to the dtype of its variable, and so is an integer.
 *
 * @param state Tensors or host values by name.
 * @returns What was loaded and what was not: with `strict` everything was.
 * @throws StateDictionaryError with `strict`, listing what is missing, unexpected and of another
 *   shape or kind of dtype; ArgumentError when two variables would get one name, and for
 *   unknown options.
 */
export function loadStateDictionary(
  model: object,
  state: Readonly<Record<string, TensorLike>>,
  options: LoadOptions = {},
): LoadReport {
  checkOptionNames('loadStateDictionary', options, ['strict', 'rename']);
  const { strict = true, rename } = options;
  const named = renamed(model, rename);
  const missing = [...named.keys()].filter((name) => !Object.hasOwn(state, name));
  const unexpected = Object.keys(state).filter((name) => !named.has(name));
  const found = [...named]
    .filter(([name]) => Object.hasOwn(state, name))
    .map(([name, variable]) => ({ name, variable, value: valueFor(variable, state[name]!) }));
  const fitting = found.filter(({ variable, value }) => fits(variable, value));
  const misfits = found
    .filter((each) => !fitting.includes(each))
    .map(({ name, variable, value }) => ({
      name,
      expected: kindOf(variable),
      given: kindOf(value),
    }));
  const report = { loaded: fitting.map(({ name }) => name), missing, unexpected, misfits };
  if (strict) assertComplete(report);
  for (const { variable, value } of fitting) variable.assign(value.cast(variable.dtype));
  return report;
}

function renamed(model: object, rename: Rename = (path) => path): Map<string, Variable> {
  const named = new Map<string, Variable>();
  for (const [path, variable] of Object.entries(namedVariables(model))) {
    const name = rename(path);
    if (named.has(name)) {
      throw new ArgumentError(`stateDictionary: two variables are renamed to '${name}'.`);
    }
    named.set(name, variable);
  }
  return named;
}

/** Numbers have no dtype of their own and take the variable's; typed values keep theirs. */
function valueFor({ dtype }: Variable, value: TensorLike): Tensor {
  const isPlain = typeof value === 'number' || Array.isArray(value);
  return asTensor(value, isPlain ? dtype : undefined);
}

function fits(variable: Variable, value: Tensor): boolean {
  const sameKind =
    (isFloating(variable.dtype) && isFloating(value.dtype)) ||
    (isInteger(variable.dtype) && isInteger(value.dtype)) ||
    variable.dtype === value.dtype;
  return sameKind && sameShape(variable.shape, value.shape);
}

const kindOf = ({ shape, dtype }: Tensor | Variable) => ({ shape, dtype });

function assertComplete({ missing, unexpected, misfits }: LoadReport): void {
  const text = ({ shape, dtype }: Misfit['given']): string => `${dtype} ${formatShape(shape)}`;
  const problems = [
    ...listed('missing', missing),
    ...listed('unexpected', unexpected),
    ...listed(
      'of another shape or dtype',
      misfits.map(({ name, expected, given }) => {
        return `${name} (expected ${text(expected)}, got ${text(given)})`;
      }),
    ),
  ];
  if (problems.length === 0) return;
  throw new StateDictionaryError(
    `loadStateDictionary: the dictionary does not fit the model, and nothing was loaded.\n` +
      `${problems.join('\n')}\nPass { strict: false } to load what fits, or { rename } if only names differ.`,
  );
}

function listed(problem: string, names: readonly string[]): string[] {
  return names.length === 0 ? [] : [`  ${problem}: ${names.join(', ')}`];
}
