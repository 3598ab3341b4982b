import { AssemblerError } from './error.js';
import type { Expression, Operand, ValueType } from './expression.js';
import { FunctionBody } from './function-body.js';
import type { Reference } from './immediates.js';
import { operand } from './instruction.js';
import { FunctionReference, TableReference, Variable, type Exportable } from './references.js';
import type { ResultOf, Signature } from './signature.js';

/** How much a memory (in pages of 64 KiB) or a table (in functions) holds. */
export interface Limits {
  readonly initial: number;
  readonly maximum?: number;
  /** For memories: may be used by several threads. Such a memory must have a maximum. */
  readonly shared?: boolean;
}

/** Where something imported comes from: `imports[module][name]` at instantiation. */
interface ImportSource {
  readonly module: string;
  readonly name: string;
}

/** A memory or a table. */
export interface Storage {
  readonly reference: Exportable;
  readonly limits: Limits;
  readonly source?: ImportSource;
}

/** A function with a body, or a source of its own. */
export interface FunctionDefinition {
  readonly reference: FunctionReference;
  readonly body?: FunctionBody;
  readonly source?: ImportSource;
}

/** The types of a signature, by number. */
export interface TypeDefinition extends Reference {
  readonly parameters: readonly ValueType[];
  readonly results: readonly ValueType[];
}

/** A global with its value at the start. */
export interface GlobalDefinition {
  readonly variable: Variable<ValueType, 'global'>;
  readonly initial: Expression<ValueType>;
}

/** The parameters of a function, as its body sees them. */
export type ParametersOf<Given extends Signature> = {
  readonly [Name in keyof Given['parameters']]: Variable<Given['parameters'][Name]>;
};

/** What the callback that writes a body returns: the function's result, if it has one. */
type BodyResult<Given extends Signature> =
  ResultOf<Given> extends infer Type extends ValueType ? Operand<Type> : unknown;

/** A module in the making: at most one memory and one table, functions, globals, exports. */
export class ModuleBuilder {
  readonly types: TypeDefinition[] = [];
  readonly functions: FunctionDefinition[] = [];
  readonly globals: GlobalDefinition[] = [];
  readonly exports: { readonly name: string; readonly target: Exportable }[] = [];
  readonly elements: { readonly offset: number; readonly functions: readonly Reference[] }[] = [];
  readonly memories: Storage[] = [];
  readonly tables: Storage[] = [];

  /** Works on the memory that is given at instantiation. */
  importMemory(module: string, name: string, limits: Limits): void {
    this.#addMemory({ limits, source: { module, name } });
  }

  /** Works on a memory of its own. */
  memory(limits: Limits): Exportable {
    return this.#addMemory({ limits });
  }

  /** A table that is given at instantiation, and may be shared with other modules. */
  importTable(module: string, name: string, limits: Limits): TableReference {
    return this.#addTable({ limits, source: { module, name } });
  }

  /** A table of its own. */
  table(limits: Limits): TableReference {
    return this.#addTable({ limits });
  }

  /** Puts functions into the table from `offset` on, at instantiation. */
  fillTable(offset: number, functions: readonly FunctionReference[]): void {
    this.elements.push({ offset, functions });
  }

  /** A variable of the whole module. */
  global<Type extends ValueType>(
    name: string,
    type: Type,
    initial: Operand<Type>,
  ): Variable<Type, 'global'> {
    const variable = new Variable(type, 'global', this.globals.length, name, this);
    const value = operand(`global $${name}`, 'the initial value', type, initial);
    this.globals.push({ variable, initial: value });
    return variable;
  }

  /**
   * A function that is given at instantiation.
   *
   * @throws {AssemblerError} After functions were defined: imports come first.
   */
  importFunction<Given extends Signature>(
    module: string,
    name: string,
    signature: Given,
  ): FunctionReference<Given> {
    if (this.functions.at(-1)?.body) {
      throw new AssemblerError(`import of ${name}: functions are imported before any is defined`);
    }
    return this.#addFunction(name, signature, { source: { module, name } });
  }

  /**
   * A function whose body `build` writes; what it returns is the function's result.
   *
   * @throws {AssemblerError} Naming the function, if the body could not be valid.
   */
  function<const Given extends Signature>(
    name: string,
    signature: Given,
    build: (body: FunctionBody, parameters: ParametersOf<Given>) => BodyResult<Given>,
  ): FunctionReference<Given> {
    const body = new FunctionBody(this, signature);
    const parameters = Object.fromEntries(
      Object.keys(signature.parameters).map((key, index) => [key, body.parameters[index]!]),
    ) as unknown as ParametersOf<Given>;
    try {
      const result = build(body, parameters);
      if (signature.result !== undefined) body.return(result as Operand);
    } catch (error) {
      if (!(error instanceof AssemblerError)) throw error;
      throw new AssemblerError(`function $${name}: ${error.message}`, { cause: error });
    }
    return this.#addFunction(name, signature, { body });
  }

  /** Makes something visible to the outside. */
  export(name: string, target: Exportable): void {
    this.exports.push({ name, target });
  }

  #addMemory(storage: Omit<Storage, 'reference'>): Exportable {
    if (this.memories.length > 0) throw new AssemblerError('a module has one memory only');
    const reference = { kind: 'memory', index: 0, name: 'memory', owner: this } as const;
    this.memories.push({ ...storage, reference });
    return reference;
  }

  #addTable(storage: Omit<Storage, 'reference'>): TableReference {
    if (this.tables.length > 0) throw new AssemblerError('a module has one table only');
    const reference = new TableReference(this, (signature) => this.#typeOf(signature));
    this.tables.push({ ...storage, reference });
    return reference;
  }

  #addFunction<Given extends Signature>(
    name: string,
    signature: Given,
    definition: Omit<FunctionDefinition, 'reference'>,
  ): FunctionReference<Given> {
    const type = this.#typeOf(signature);
    const index = this.functions.length;
    const reference = new FunctionReference<Given>(index, name, this, signature, type);
    this.functions.push({ ...definition, reference });
    return reference;
  }

  /** The type of a signature, which it shares with all that differ in names only. */
  #typeOf({ parameters, result }: Signature): TypeDefinition {
    const name = [...Object.values(parameters), 'to', result ?? 'none'].join('_');
    const known = this.types.find((type) => type.name === name);
    if (known) return known;
    const index = this.types.length;
    const type: TypeDefinition = {
      index,
      name,
      owner: this,
      parameters: Object.values(parameters),
      results: result === undefined ? [] : [result],
    };
    this.types.push(type);
    return type;
  }
}
