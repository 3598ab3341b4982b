import type { Expression } from './expression.js';
import { identifier, immediateText } from './immediate-text.js';
import type { FunctionDefinition, Limits, ModuleBuilder, Storage } from './module-builder.js';
import type { Variable } from './references.js';

const width = 100;

/** The module in the WebAssembly text format, with the names that its builder gave. */
export function print(module: ModuleBuilder): string {
  const { types, functions, tables, memories, globals, exports, elements } = module;
  const storages = [...tables, ...memories];
  const parts = [
    ...types.map(
      ({ name, parameters, results }) =>
        `(type ${identifier(name)} (func${list('param', parameters)}${list('result', results)}))`,
    ),
    ...functions.filter(({ source }) => source).map(importText),
    ...storages.filter(({ source }) => source).map(storageText),
    ...storages.filter(({ source }) => !source).map(storageText),
    ...globals.map(
      ({ variable, initial }) =>
        `(global ${identifier(variable.name)} (mut ${variable.type}) ${flat(initial)})`,
    ),
    ...exports.map(
      ({ name, target }) =>
        `(export ${text(name)} (${keywords[target.kind]} ${identifier(target.name)}))`,
    ),
    ...elements.map(
      ({ offset, functions: members }) =>
        `(elem (i32.const ${offset}) ${members.map(({ name }) => identifier(name)).join(' ')})`,
    ),
    ...functions.filter(({ body }) => body).map(functionText),
  ];
  return `(module\n${parts.map((part) => `  ${part}\n`).join('')})\n`;
}

const keywords = { function: 'func', table: 'table', memory: 'memory', global: 'global' };

function importText({ reference: { name, type }, source }: FunctionDefinition): string {
  const signature = `(func ${identifier(name)} (type ${identifier(type.name)}))`;
  return `(import ${text(source!.module)} ${text(source!.name)} ${signature})`;
}

function storageText({ reference: { kind, name }, limits, source }: Storage): string {
  const origin = source ? [`(import ${text(source.module)} ${text(source.name)})`] : [];
  const content = kind === 'table' ? ['funcref'] : [];
  return `(${[kind, identifier(name), ...origin, limitsText(limits), ...content].join(' ')})`;
}

function limitsText({ initial, maximum, shared }: Limits): string {
  return [initial, ...(maximum === undefined ? [] : [maximum]), ...(shared ? ['shared'] : [])].join(
    ' ',
  );
}

function functionText({ reference, body }: FunctionDefinition): string {
  const { parameters, locals, statements } = body!;
  const declare = (keyword: string) => (variable: Variable) =>
    `(${keyword} ${identifier(variable.name)} ${variable.type})`;
  const lines = [
    [
      `(func ${identifier(reference.name)}`,
      ...parameters.map(declare('param')),
      ...(reference.signature.result === undefined
        ? []
        : [`(result ${reference.signature.result})`]),
    ].join(' '),
  ];
  let indent = '    ';
  if (locals.length > 0) lines.push(...wrapped(locals.map(declare('local')), indent));
  for (const statement of statements) {
    const { name } = statement.instruction;
    if (name === 'end' || name === 'else') indent = indent.slice(2);
    lines.push(...statementLines(statement, indent));
    if (['block', 'loop', 'if', 'else'].includes(name)) indent += '  ';
  }
  return `${lines.join('\n')})`;
}

/** A statement on one line if it fits, else with each operand on lines of its own. */
function statementLines(expression: Expression, indent: string): string[] {
  const { instruction, operands } = expression;
  const { name } = instruction;
  // Blocks are written as they come, unfolded: the operand of an `if` precedes it.
  if (['block', 'loop', 'else', 'end'].includes(name)) return [`${indent}${name}`];
  if (name === 'if') return [...statementLines(operands[0]!, indent), `${indent}if`];
  const line = indent + flat(expression);
  if (line.length <= width || operands.length === 0) return [line];
  const inner = operands.flatMap((input) => statementLines(input, `${indent}  `));
  return [`${indent}(${head(expression)}`, ...inner.slice(0, -1), `${inner.at(-1)!})`];
}

function flat(expression: Expression): string {
  return `(${[head(expression), ...expression.operands.map(flat)].join(' ')})`;
}

/** The instruction with its immediates. */
function head({ instruction, immediates }: Expression): string {
  const texts = instruction.immediates.map((kind, position) =>
    immediateText(kind, immediates[position]),
  );
  return [instruction.name, ...texts.filter((part) => part !== '')].join(' ');
}

function list(keyword: string, types: readonly string[]): string {
  return types.length === 0 ? '' : ` (${[keyword, ...types].join(' ')})`;
}

function wrapped(words: readonly string[], indent: string): string[] {
  const lines: string[] = [];
  for (const word of words) {
    const extended = `${lines.at(-1) ?? ''} ${word}`;
    if (lines.length > 0 && extended.length <= width) lines[lines.length - 1] = extended;
    else lines.push(indent + word);
  }
  return lines;
}

function text(name: string): string {
  return JSON.stringify(name);
}
