import { bytesPerElement, type DataType } from '@gradus/core/backend';
import { typeOf, type Lanes } from './types.js';

/** A storage buffer of a shader. */
export interface Storage {
  readonly binding: number;
  readonly dtype: DataType;
  readonly readOnly: boolean;
}

/** How a shader touches a buffer: one element, or four from a multiple of four on. */
export type Access = 'load' | 'load4' | 'store' | 'store4';

/** What the function of an access is called. */
export function accessName({ binding }: Storage, access: Access): string {
  return `${access}_${binding}`;
}

/**
 * The declaration of a buffer and of the functions that access it. Memory is declared in vectors
 * where it is accessed four elements at a time; single elements are then picked out of those.
 */
export function accessors(storage: Storage, accesses: ReadonlySet<Access>): string {
  const { binding, dtype, readOnly } = storage;
  const packed = bytesPerElement(dtype) === 1;
  const vectors = accesses.has('load4') || accesses.has('store4');
  const element = packed ? 'u32' : typeOf(dtype, vectors ? 4 : 1);
  const write = packed ? packedAccess : vectors ? vectorAccess : plainAccess;
  const memory = `m${binding}`;
  return [
    `@group(0) @binding(${binding}) var<storage, ${readOnly ? 'read' : 'read_write'}> ${memory}: array<${element}>;`,
    ...[...accesses].map((access) => {
      const lanes: Lanes = access.endsWith('4') ? 4 : 1;
      const type = typeOf(dtype, lanes);
      const name = accessName(storage, access);
      return access.startsWith('load')
        ? `fn ${name}(i: i32) -> ${type} { return ${write(memory, lanes, dtype)}; }`
        : `fn ${name}(i: i32, v: ${type}) { ${write(memory, lanes, dtype, 'v')}; }`;
    }),
  ].join('\n');
}

/** WGSL of a load, or of a store of `value`. */
type AccessWriter = (memory: string, lanes: Lanes, dtype: DataType, value?: string) => string;

const plainAccess: AccessWriter = (memory, _, __, value) => assigned(`${memory}[i]`, value);

const vectorAccess: AccessWriter = (memory, lanes, _, value) =>
  assigned(lanes === 4 ? `${memory}[i >> 2u]` : `${memory}[i >> 2u][i & 3]`, value);

/** Four elements of 8 bits to a word, the first in the lowest bits. */
const packedAccess: AccessWriter = (memory, lanes, dtype, value) => {
  const word = `${memory}[i >> 2u]`;
  if (value !== undefined) {
    const bytes = dtype === 'bool' ? `vec4<u32>(${value})` : value;
    return `${word} = dot(${bytes}, vec4<u32>(1u, 256u, 65536u, 16777216u))`;
  }
  const bytes =
    lanes === 4
      ? `((vec4<u32>(${word}) >> vec4<u32>(0u, 8u, 16u, 24u)) & vec4<u32>(255u))`
      : `((${word} >> (u32(i & 3) * 8u)) & 255u)`;
  return dtype === 'bool' ? `${bytes} != ${lanes === 4 ? 'vec4<u32>(0u)' : '0u'}` : bytes;
};

const assigned = (place: string, value: string | undefined): string =>
  value === undefined ? place : `${place} = ${value}`;
