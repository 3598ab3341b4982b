import { scalarFunction } from '@gradus/core/backend';
import type { CompiledProgram, NumberArray, Program, Statement, Value } from './program.js';

type Step = () => void;

/**
 * Makes a program runnable without generating code, for pages whose content-security policy
 * forbids that: one closure for each statement, working on an array of registers.
 */
export function interpretProgram(program: Program): CompiledProgram {
  const machine = new Machine(program);
  return {
    source: `// ${program.name}\n// Runs as closures: this page does not let code be generated.`,
    run: (arrays) => machine.run(arrays),
  };
}

class Machine {
  readonly #registers: Float64Array;
  readonly #steps: readonly Step[];
  #arrays: readonly NumberArray[] = [];

  constructor(program: Program) {
    this.#registers = new Float64Array(program.registers);
    for (const [register, value] of program.constants) this.#registers[register] = value;
    this.#steps = this.#block(program.statements);
  }

  run(arrays: readonly NumberArray[]): void {
    this.#arrays = arrays;
    for (const step of this.#steps) step();
    this.#arrays = [];
  }

  #block(statements: readonly Statement[]): Step[] {
    return statements.map((statement) => this.#statement(statement));
  }

  #statement(statement: Statement): Step {
    const registers = this.#registers;
    switch (statement.kind) {
      case 'define':
        return this.#define(statement.target, statement.value);
      case 'variable':
        return this.#copy(statement.target, statement.initial);
      case 'assign':
        return this.#copy(statement.target, statement.source);
      case 'store': {
        const { array, index, value, mask } = statement;
        const store = (): void => {
          this.#arrays[array]![registers[index]!] = registers[value]!;
        };
        return mask === undefined ? store : () => registers[mask] !== 0 && store();
      }
      case 'loop': {
        const { index, from, to, step } = statement;
        const body = this.#block(statement.body);
        return () => {
          const end = registers[to]!;
          for (let i = registers[from]!; i < end; i += step) {
            registers[index] = i;
            for (const run of body) run();
          }
        };
      }
    }
  }

  #copy(target: number, source: number): Step {
    const registers = this.#registers;
    return () => {
      registers[target] = registers[source]!;
    };
  }

  #define(target: number, value: Value): Step {
    const registers = this.#registers;
    if (value.kind === 'load') {
      const { array, index, mask } = value;
      const load = (): void => {
        registers[target] = this.#arrays[array]![registers[index]!]!;
      };
      if (mask === undefined) return load;
      return () => {
        if (registers[mask] === 0) registers[target] = 0;
        else load();
      };
    }
    const compute = scalarFunction(value.operation, value.dtype, value.word);
    const [a = 0, b = 0, c = 0, d = 0] = value.inputs;
    switch (value.inputs.length) {
      case 1:
        return () => {
          registers[target] = compute(registers[a]!);
        };
      case 2:
        return () => {
          registers[target] = compute(registers[a]!, registers[b]!);
        };
      default:
        return () => {
          registers[target] = compute(registers[a]!, registers[b]!, registers[c]!, registers[d]!);
        };
    }
  }
}
