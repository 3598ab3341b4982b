/** Gives out names that are new in a shader. */
export class Names {
  #count = 0;

  /** A name that begins with `hint`. */
  next(hint: string): string {
    return `${hint}_${this.#count++}`;
  }
}

/** Statements of a shader in one pair of braces. */
export class Block {
  readonly #names: Names;
  readonly #lines: string[] = [];
  readonly #indent: string;

  /** An empty block; those inside of it are indented further. */
  constructor(names: Names, indent = '  ') {
    this.#names = names;
    this.#indent = indent;
  }

  /** Adds a statement. */
  emit(statement: string): void {
    this.#lines.push(this.#indent + statement);
  }

  /** Names the value of an expression. */
  let(code: string, hint = 'v'): string {
    const name = this.#names.next(hint);
    this.emit(`let ${name} = ${code};`);
    return name;
  }

  /** A variable, zero at first unless `initial` is given. */
  variable(type: string, hint: string, initial?: string): string {
    const name = this.#names.next(hint);
    this.emit(`var ${name}: ${type}${initial === undefined ? '' : ` = ${initial}`};`);
    return name;
  }

  /**
   * Adds `header { … }`. What is emitted to this block meanwhile comes before it: so values that do
   * not change inside of a loop are computed in front of it.
   */
  nest(header: string, build: (inner: Block) => void): void {
    const inner = new Block(this.#names, `${this.#indent}  `);
    build(inner);
    this.emit(`${header} {`);
    this.#lines.push(...inner.#lines);
    this.emit('}');
  }

  /** A name that is new in the shader, for a loop's counter. */
  name(hint: string): string {
    return this.#names.next(hint);
  }

  /** The statements, a line each. */
  get source(): string {
    return this.#lines.join('\n');
  }
}
