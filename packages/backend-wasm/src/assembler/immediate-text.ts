import {
  bytesOf,
  memoryParts,
  type ImmediateKind,
  type ImmediateValue,
  type MemoryArgument,
} from './immediates.js';

type Texts = { readonly [Kind in ImmediateKind]: (value: ImmediateValue<Kind>) => string };

const texts: Texts = {
  i32: (value) => String(value | 0),
  i64: String,
  f32: floatText,
  f64: floatText,
  v128: (value) => `i8x16 ${bytesOf(value).join(' ')}`,
  lane2: String,
  lane4: String,
  lane8: String,
  lane16: String,
  lanes: (value) => value.join(' '),
  memory1: memoryText(1),
  memory2: memoryText(2),
  memory4: memoryText(4),
  memory8: memoryText(8),
  memory16: memoryText(16),
  zero: () => '',
  noResult: () => '',
  label: String,
  reference: ({ name }) => identifier(name),
  tableAndType: ({ table, type }) => `${identifier(table.name)} (type ${identifier(type.name)})`,
};

/** An immediate in the WebAssembly text format; empty where that has no word for it. */
export function immediateText(kind: ImmediateKind, value: unknown): string {
  return (texts[kind] as (value: unknown) => string)(value);
}

/** A name as text, which has no room for spaces and brackets. */
export function identifier(name: string): string {
  return `$${name.replace(/[^\w.+*/:<=>!?@#~^-]/g, '_')}`;
}

function memoryText(width: number): (value: MemoryArgument) => string {
  return (value) => {
    const { offset, alignment } = memoryParts(value, width);
    const offsets = offset === 0 ? [] : [`offset=${offset}`];
    return [...offsets, ...(alignment === width ? [] : [`align=${alignment}`])].join(' ');
  };
}

function floatText(value: number): string {
  if (Number.isNaN(value)) return 'nan';
  if (!Number.isFinite(value)) return value < 0 ? '-inf' : 'inf';
  return Object.is(value, -0) ? '-0' : String(value);
}
