import { scalarFunction, type ScalarFunction } from '@gradus/core/backend';
import { evaluate } from './evaluate.js';
import { javascriptOf, literal } from './operations.js';
import type { CompiledProgram, Program, Register, Statement, Value } from './program.js';

/** Writes a program down as a JavaScript function, which the engine then compiles to machine code. */
export function generateProgram(program: Program): CompiledProgram {
  const writer = new Writer(program);
  const body = writer.block(program.statements, '  ');
  const arrays = [...writer.arrays].sort((a, b) => a - b);
  const head = arrays.map((array) => `  const b${array} = arrays[${array}];\n`).join('');
  const source = `(arrays) => {\n${head}${body}}`;
  return {
    source: `// ${program.name}\n${source}`,
    run: evaluate(source, writer.functions) as CompiledProgram['run'],
  };
}

class Writer {
  /** The positions of the arrays that the code touches. */
  readonly arrays = new Set<number>();
  /** The reference functions that the code calls, as `f0`, `f1`, … */
  readonly functions: ScalarFunction[] = [];
  readonly #constants: ReadonlyMap<Register, number>;

  constructor(program: Program) {
    this.#constants = program.constants;
  }

  block(statements: readonly Statement[], indent: string): string {
    return statements.map((statement) => this.#statement(statement, indent)).join('');
  }

  #statement(statement: Statement, indent: string): string {
    switch (statement.kind) {
      case 'define':
        return `${indent}const v${statement.target} = ${this.#value(statement.value)};\n`;
      case 'variable':
        return `${indent}let v${statement.target} = ${this.#name(statement.initial)};\n`;
      case 'assign':
        return `${indent}v${statement.target} = ${this.#name(statement.source)};\n`;
      case 'store': {
        const target = `${this.#array(statement.array)}[${this.#name(statement.index)}]`;
        const guard =
          statement.mask === undefined ? '' : `if (${this.#name(statement.mask)} !== 0) `;
        return `${indent}${guard}${target} = ${this.#name(statement.value)};\n`;
      }
      case 'loop': {
        const index = `v${statement.index}`;
        const step = statement.step === 1 ? `${index}++` : `${index} += ${statement.step}`;
        const from = this.#name(statement.from);
        const head = `for (let ${index} = ${from}; ${index} < ${this.#name(statement.to)}; ${step})`;
        return `${indent}${head} {\n${this.block(statement.body, `${indent}  `)}${indent}}\n`;
      }
    }
  }

  #value(value: Value): string {
    if (value.kind === 'load') {
      const element = `${this.#array(value.array)}[${this.#name(value.index)}]`;
      return value.mask === undefined
        ? element
        : `${this.#name(value.mask)} === 0 ? 0 : ${element}`;
    }
    const operands = value.inputs.map((input) => this.#name(input));
    return (
      javascriptOf(value.operation, value.dtype, operands) ??
      `${this.#function(scalarFunction(value.operation, value.dtype, value.word))}(${operands.join(', ')})`
    );
  }

  #name(register: Register): string {
    const constant = this.#constants.get(register);
    return constant === undefined ? `v${register}` : literal(constant);
  }

  #array(position: number): string {
    this.arrays.add(position);
    return `b${position}`;
  }

  #function(reference: ScalarFunction): string {
    return `f${this.functions.push(reference) - 1}`;
  }
}
