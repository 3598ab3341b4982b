import type { ByteWriter } from './byte-writer.js';
import { AssemblerError } from './error.js';

/** Something that instructions name by its number: a local, a function, a table. */
export interface Reference {
  readonly index: number;
  readonly name: string;
  /** The function body (of a local) or module that it belongs to. */
  readonly owner: object;
}

/** Whether an immediate belongs to a function or a module. */
export function isOwned(value: unknown): value is Pick<Reference, 'name' | 'owner'> {
  return typeof value === 'object' && value !== null && 'owner' in value;
}

/** Where a load or store goes besides its address operand; a plain number is the offset. */
export type MemoryArgument =
  | number
  | {
      /** Bytes added to the address, without wrapping around. */
      readonly offset?: number;
      /** A promise to the engine about the sum, in bytes; the access's own width unless given. */
      readonly alignment?: number;
    };

/** The types of what can be part of an instruction itself, by kind. */
interface ImmediateValues {
  i32: number;
  i64: bigint;
  f32: number;
  f64: number;
  /** Sixteen bytes, in a typed array of any element type. */
  v128: ArrayBufferView;
  lane2: number;
  lane4: number;
  lane8: number;
  lane16: number;
  /** For each byte of the result the position (0–31) of a byte of the two operands. */
  lanes: readonly number[];
  memory1: MemoryArgument;
  memory2: MemoryArgument;
  memory4: MemoryArgument;
  memory8: MemoryArgument;
  memory16: MemoryArgument;
  /** A byte that is always 0: the one memory, the type of a block without result. */
  zero: undefined;
  noResult: undefined;
  label: number;
  reference: Reference;
  tableAndType: Pick<Reference, 'name' | 'owner'> & {
    readonly table: Reference;
    readonly type: Reference;
  };
}

/** What kind of thing an immediate is. */
export type ImmediateKind = keyof ImmediateValues;

/** The type of an immediate of a kind. */
export type ImmediateValue<Kind extends ImmediateKind> = ImmediateValues[Kind];

/** How a kind is checked and encoded. */
interface ImmediateFormat<Value> {
  /** Says what is allowed when `value` is not. */
  refuse?(value: Value): string | undefined;
  write(writer: ByteWriter, value: Value): void;
}

const formats: { readonly [Kind in ImmediateKind]: ImmediateFormat<ImmediateValues[Kind]> } = {
  i32: {
    refuse: (value) => within(value, -(2 ** 31), 2 ** 32 - 1),
    write: (writer, value) => writer.signed(value | 0),
  },
  i64: { write: (writer, value) => writer.signed(value) },
  f32: { write: (writer, value) => writer.float(value, 4) },
  f64: { write: (writer, value) => writer.float(value, 8) },
  v128: {
    refuse: ({ byteLength }) => (byteLength === 16 ? undefined : '16 bytes'),
    write: (writer, value) => writer.bytes(...bytesOf(value)),
  },
  lane2: lane(2),
  lane4: lane(4),
  lane8: lane(8),
  lane16: lane(16),
  lanes: {
    refuse: (lanes) =>
      lanes.length === 16 && lanes.every((position) => within(position, 0, 31) === undefined)
        ? undefined
        : '16 integers from 0 to 31',
    write: (writer, value) => writer.bytes(...value),
  },
  memory1: memory(1),
  memory2: memory(2),
  memory4: memory(4),
  memory8: memory(8),
  memory16: memory(16),
  zero: { write: (writer) => writer.bytes(0) },
  noResult: { write: (writer) => writer.bytes(0x40) },
  label: { write: (writer, value) => writer.unsigned(value) },
  reference: { write: (writer, { index }) => writer.unsigned(index) },
  tableAndType: {
    write: (writer, { table, type }) => {
      writer.unsigned(type.index);
      writer.unsigned(table.index);
    },
  },
};

/** The parts of a memory argument of an access that is `width` bytes wide. */
export function memoryParts(
  value: MemoryArgument,
  width: number,
): { readonly offset: number; readonly alignment: number } {
  const { offset = 0, alignment = width } = typeof value === 'number' ? { offset: value } : value;
  return { offset, alignment };
}

/** The bytes of a typed array. */
export function bytesOf(view: ArrayBufferView): Uint8Array {
  return new Uint8Array(view.buffer, view.byteOffset, view.byteLength);
}

/** The format of a kind. */
export function formatOf(kind: ImmediateKind): ImmediateFormat<unknown> {
  return formats[kind];
}

/**
 * Checks an immediate of an instruction.
 *
 * @throws {AssemblerError} Naming the instruction and what it accepts.
 */
export function checkImmediate(instruction: string, kind: ImmediateKind, value: unknown): void {
  const allowed = formatOf(kind).refuse?.(value);
  if (allowed === undefined) return;
  throw new AssemblerError(
    `${instruction}: ${kind} must be ${allowed}, not ${JSON.stringify(value)}`,
  );
}

function within(value: number, least: number, greatest: number): string | undefined {
  if (Number.isInteger(value) && value >= least && value <= greatest) return undefined;
  return `an integer from ${least} to ${greatest}`;
}

function lane(count: number): ImmediateFormat<number> {
  return {
    refuse: (value) => within(value, 0, count - 1),
    write: (writer, value) => writer.bytes(value),
  };
}

/** Of accesses that are `width` bytes wide. */
function memory(width: number): ImmediateFormat<MemoryArgument> {
  return {
    refuse: (value) => {
      const { offset, alignment } = memoryParts(value, width);
      if (!Number.isInteger(Math.log2(alignment)) || alignment < 1 || alignment > width) {
        return `aligned to a power of two up to ${width}`;
      }
      const offsets = within(offset, 0, 2 ** 32 - 1);
      return offsets === undefined ? undefined : `at an offset that is ${offsets}`;
    },
    write: (writer, value) => {
      const { offset, alignment } = memoryParts(value, width);
      writer.unsigned(Math.log2(alignment));
      writer.unsigned(offset);
    },
  };
}
