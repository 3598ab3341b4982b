import { ByteWriter } from './byte-writer.js';
import type { Expression, ValueType } from './expression.js';
import type { FunctionBody } from './function-body.js';
import { formatOf } from './immediates.js';
import type { FunctionDefinition, Limits, ModuleBuilder } from './module-builder.js';

const valueTypes: Readonly<Record<ValueType, number>> = {
  i32: 0x7f,
  i64: 0x7e,
  f32: 0x7d,
  f64: 0x7c,
  v128: 0x7b,
};
const functionReference = 0x70;
const externalKinds = { function: 0, table: 1, memory: 2, global: 3 };
const end = 0x0b;

/** The module in the WebAssembly binary format. */
export function encode(module: ModuleBuilder): Uint8Array<ArrayBuffer> {
  const { types, functions, tables, memories, globals, exports, elements } = module;
  const defined = functions.filter(({ body }) => body !== undefined);
  const imports = [...functions, ...tables, ...memories].filter(({ source }) => source);
  const writer = new ByteWriter();
  writer.bytes(0x00, 0x61, 0x73, 0x6d, 1, 0, 0, 0);

  /** A section, unless it would be empty. */
  const section = <Item>(
    id: number,
    items: readonly Item[],
    write: (content: ByteWriter, item: Item) => void,
  ): void => {
    if (items.length === 0) return;
    writer.bytes(id);
    writer.sized((content) => content.vector(items, (item) => write(content, item)));
  };

  section(1, types, (content, { parameters, results }) => {
    content.bytes(0x60);
    for (const list of [parameters, results]) {
      content.vector(list, (type) => content.bytes(valueTypes[type]));
    }
  });
  section(2, imports, (content, item) => {
    content.name(item.source!.module);
    content.name(item.source!.name);
    content.bytes(externalKinds[item.reference.kind]);
    if ('limits' in item) {
      if (item.reference.kind === 'table') content.bytes(functionReference);
      writeLimits(content, item.limits);
    } else content.unsigned(item.reference.type.index);
  });
  section(3, defined, (content, { reference }) => content.unsigned(reference.type.index));
  section(4, own(tables), (content, { limits }) => {
    content.bytes(functionReference);
    writeLimits(content, limits);
  });
  section(5, own(memories), (content, { limits }) => writeLimits(content, limits));
  section(6, globals, (content, { variable, initial }) => {
    content.bytes(valueTypes[variable.type], 1);
    writeExpression(content, initial);
    content.bytes(end);
  });
  section(7, exports, (content, { name, target }) => {
    content.name(name);
    content.bytes(externalKinds[target.kind]);
    content.unsigned(target.index);
  });
  section(9, elements, (content, { offset, functions: members }) => {
    content.bytes(0, 0x41);
    content.signed(offset);
    content.bytes(end);
    content.vector(members, ({ index }) => content.unsigned(index));
  });
  section(10, defined, (content, { body }) => content.sized((code) => writeBody(code, body!)));
  writeNames(writer, functions);
  return writer.toBytes();
}

function own<Item extends { readonly source?: unknown }>(items: readonly Item[]): Item[] {
  return items.filter(({ source }) => source === undefined);
}

function writeLimits(writer: ByteWriter, { initial, maximum, shared = false }: Limits): void {
  writer.bytes((maximum === undefined ? 0 : 1) + (shared ? 2 : 0));
  writer.unsigned(initial);
  if (maximum !== undefined) writer.unsigned(maximum);
}

function writeBody(writer: ByteWriter, { locals, statements }: FunctionBody): void {
  const runs: { readonly type: ValueType; count: number }[] = [];
  for (const { type } of locals) {
    const last = runs.at(-1);
    if (last?.type === type) last.count++;
    else runs.push({ type, count: 1 });
  }
  writer.vector(runs, ({ type, count }) => {
    writer.unsigned(count);
    writer.bytes(valueTypes[type]);
  });
  for (const statement of statements) writeExpression(writer, statement);
  writer.bytes(end);
}

function writeExpression(writer: ByteWriter, expression: Expression): void {
  const { instruction, operands, immediates } = expression;
  for (const input of operands) writeExpression(writer, input);
  const { opcode } = instruction;
  if (opcode <= 0xff) writer.bytes(opcode);
  else {
    writer.bytes(opcode >> 16);
    writer.unsigned(opcode & 0xffff);
  }
  instruction.immediates.forEach((kind, position) =>
    formatOf(kind).write(writer, immediates[position]),
  );
}

/** Function names, which stack traces and profilers show. */
function writeNames(writer: ByteWriter, functions: readonly FunctionDefinition[]): void {
  writer.bytes(0);
  writer.sized((content) => {
    content.name('name');
    content.bytes(1);
    content.sized((names) =>
      names.vector(functions, ({ reference }) => {
        names.unsigned(reference.index);
        names.name(reference.name);
      }),
    );
  });
}
