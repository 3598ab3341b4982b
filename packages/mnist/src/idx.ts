import { IdxError } from './errors.js';

/** An array as the IDX format holds it: row-major elements and a shape of any rank. */
export type IdxArray =
  | { readonly dtype: 'uint8'; readonly shape: readonly number[]; readonly data: Uint8Array }
  | { readonly dtype: 'int8'; readonly shape: readonly number[]; readonly data: Int8Array }
  | { readonly dtype: 'int16'; readonly shape: readonly number[]; readonly data: Int16Array }
  | { readonly dtype: 'int32'; readonly shape: readonly number[]; readonly data: Int32Array }
  | { readonly dtype: 'float32'; readonly shape: readonly number[]; readonly data: Float32Array }
  | { readonly dtype: 'float64'; readonly shape: readonly number[]; readonly data: Float64Array };

/** The element types of the IDX format. */
export type IdxDtype = IdxArray['dtype'];

const elementTypes = {
  uint8: { code: 0x08, array: Uint8Array },
  int8: { code: 0x09, array: Int8Array },
  int16: { code: 0x0b, array: Int16Array },
  int32: { code: 0x0c, array: Int32Array },
  float32: { code: 0x0d, array: Float32Array },
  float64: { code: 0x0e, array: Float64Array },
} as const satisfies Record<IdxDtype, unknown>;

const dtypes = Object.keys(elementTypes) as IdxDtype[];
const magicBytes = 4;
const bytesPerDimension = 4;
const maximumDimension = 0xffff_ffff;
const maximumRank = 255;

/**
 * Reads an array in the IDX format, the one MNIST is published in: two zero bytes, an element type,
 * the rank, one 32-bit dimension each, then the elements, everything big-endian
 * (format: LeCun, Cortes and Burges, "The MNIST database of handwritten digits").
 *
 * Nothing is allocated before the header is known to describe exactly the bytes that are there,
 * so memory use is bounded by the length of `bytes` whatever the header claims.
 *
 * @param bytes The whole file, already inflated.
 * @param options How to read it.
 * @param options.name What error messages call the file.
 * @returns Elements, shape and dtype; `uint8` data is a view of `bytes`, other types are copies.
 * @throws {IdxError} If the magic number, element type, or length is wrong.
 */
export function readIdx(bytes: Uint8Array, options: { readonly name?: string } = {}): IdxArray {
  const name = options.name ?? 'IDX data';
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const { dtype, shape, headerBytes } = readHeader(view, name);
  checkLength(dtype, shape, bytes.byteLength - headerBytes, name);
  const body = new Uint8Array(
    bytes.buffer,
    bytes.byteOffset + headerBytes,
    bytes.length - headerBytes,
  );
  if (dtype === 'uint8') return { dtype, shape, data: body };
  const { array } = elementTypes[dtype];
  const elements = new Uint8Array(body);
  swapBigEndian(elements, array.BYTES_PER_ELEMENT);
  return { dtype, shape, data: new array(elements.buffer) } as IdxArray;
}

function readHeader(
  view: DataView,
  name: string,
): { dtype: IdxDtype; shape: number[]; headerBytes: number } {
  if (view.byteLength < magicBytes) {
    throw new IdxError(
      'IDX_TRUNCATED_HEADER',
      `${name}: an IDX file starts with ${magicBytes} bytes of magic number, ` +
        `but the file has ${view.byteLength} ${view.byteLength === 1 ? 'byte' : 'bytes'}.`,
    );
  }
  if (view.getUint16(0) !== 0) {
    const magic = view.getUint32(0).toString(16).padStart(8, '0');
    throw new IdxError(
      'IDX_BAD_MAGIC',
      `${name}: not an IDX file: its magic number is 0x${magic}, ` +
        'and one of IDX starts with two zero bytes. Is the file still compressed?',
    );
  }
  const typeCode = view.getUint8(2);
  const dtype = dtypes.find((candidate) => elementTypes[candidate].code === typeCode);
  if (dtype === undefined) {
    const known = dtypes.map((each) => `${hex(elementTypes[each].code)} (${each})`).join(', ');
    throw new IdxError(
      'IDX_UNKNOWN_TYPE',
      `${name}: unknown IDX element type ${hex(typeCode)}; known are ${known}.`,
    );
  }
  const rank = view.getUint8(3);
  const headerBytes = magicBytes + rank * bytesPerDimension;
  if (view.byteLength < headerBytes) {
    throw new IdxError(
      'IDX_TRUNCATED_HEADER',
      `${name}: the header of an array of rank ${rank} takes ${headerBytes} bytes, ` +
        `but the file has ${view.byteLength}.`,
    );
  }
  const shape = Array.from({ length: rank }, (_, axis) =>
    view.getUint32(magicBytes + axis * bytesPerDimension),
  );
  return { dtype, shape, headerBytes };
}

/** Compares without ever computing a product that could lose precision in a float64. */
function checkLength(dtype: IdxDtype, shape: number[], available: number, name: string): void {
  const byteLength = elementTypes[dtype].array.BYTES_PER_ELEMENT;
  let length = shape.includes(0) ? 0 : 1;
  for (const dimension of shape) {
    length *= dimension;
    if (length * byteLength > available) break;
  }
  if (length * byteLength !== available) {
    throw new IdxError(
      'IDX_LENGTH_MISMATCH',
      `${name}: the header promises ${dtype} elements of shape [${shape.join(', ')}], which does not ` +
        `fit the ${available} bytes that follow it: the file is truncated, has bytes too many, ` +
        'or its header is wrong.',
    );
  }
}

/**
 * Writes an array in the IDX format; {@link readIdx} reads it back bit for bit.
 *
 * @param array Row-major elements, shape and dtype: a dimension is at most 2³²−1, the rank 255.
 * @returns The bytes of the file, uncompressed.
 * @throws {IdxError} With code `IDX_INVALID_ARRAY` if data, shape and dtype do not belong together.
 */
export function writeIdx(array: IdxArray): Uint8Array<ArrayBuffer> {
  const { dtype, shape, data } = array;
  checkArray(array);
  const headerBytes = magicBytes + shape.length * bytesPerDimension;
  const bytes = new Uint8Array(headerBytes + data.byteLength);
  const view = new DataView(bytes.buffer);
  view.setUint8(2, elementTypes[dtype].code);
  view.setUint8(3, shape.length);
  shape.forEach((dimension, axis) =>
    view.setUint32(magicBytes + axis * bytesPerDimension, dimension),
  );
  const elements = bytes.subarray(headerBytes);
  elements.set(new Uint8Array(data.buffer, data.byteOffset, data.byteLength));
  swapBigEndian(elements, data.BYTES_PER_ELEMENT);
  return bytes;
}

function checkArray({ dtype, shape, data }: IdxArray): void {
  const invalid = (problem: string): never => {
    throw new IdxError('IDX_INVALID_ARRAY', `Cannot write IDX: ${problem}`);
  };
  if (!Object.hasOwn(elementTypes, dtype)) {
    invalid(`unknown dtype ${dtype}; known are ${dtypes.join(', ')}.`);
  }
  if (!(data instanceof elementTypes[dtype].array)) {
    invalid(`the data of dtype ${dtype} is of another type, ${data.constructor.name}.`);
  }
  if (shape.length > maximumRank) invalid(`the rank is ${shape.length}, at most ${maximumRank}.`);
  for (const dimension of shape) {
    if (!Number.isInteger(dimension) || dimension < 0 || dimension > maximumDimension) {
      invalid(`${dimension} in shape [${shape.join(', ')}] is no dimension.`);
    }
  }
  const length = shape.reduce((product, dimension) => product * dimension, 1);
  if (length !== data.length) {
    invalid(`shape [${shape.join(', ')}] has ${length} elements, the data ${data.length}.`);
  }
}

/** Turns elements from big-endian into this machine's byte order, or back, in place. */
function swapBigEndian(elements: Uint8Array, byteLength: number): void {
  const isLittleEndian = new Uint8Array(new Uint16Array([1]).buffer)[0] === 1;
  if (!isLittleEndian || byteLength === 1) return;
  for (let start = 0; start < elements.length; start += byteLength) {
    for (let low = start, high = start + byteLength - 1; low < high; low++, high--) {
      const byte = elements[low]!;
      elements[low] = elements[high]!;
      elements[high] = byte;
    }
  }
}

function hex(byte: number): string {
  return `0x${byte.toString(16).padStart(2, '0')}`;
}
