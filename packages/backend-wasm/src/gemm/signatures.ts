/**
 * Of `multiply`, which computes rows `rowStart` … `rowEnd` − 1 and columns `columnStart` …
 * `columnEnd` − 1 of output = left · right. Addresses are in bytes and lead to element (0, 0) of
 * each matrix; strides and extents are in elements. The strides of an operand may be any, also 0.
 */
export const multiplySignature = {
  parameters: {
    left: 'i32',
    leftRowStride: 'i32',
    leftColumnStride: 'i32',
    /** Up to twelve bytes behind the operand are read (and ignored). */
    right: 'i32',
    rightRowStride: 'i32',
    rightColumnStride: 'i32',
    /** Not used if there is an epilogue. */
    output: 'i32',
    outputRowStride: 'i32',
    rowStart: 'i32',
    rowEnd: 'i32',
    columnStart: 'i32',
    columnEnd: 'i32',
    depth: 'i32',
    /** Address of `scratchBytes` bytes that no other thread uses; a multiple of 64. */
    scratch: 'i32',
    /** Position in the table of a function with the `epilogueSignature`, or −1 for none. */
    epilogue: 'i32',
    /** Passed to the epilogue. */
    context: 'i32',
  },
} as const;

/**
 * Of epilogues, which are called once for each finished block of a product, to do with it whatever
 * there is to do, storing included. They must not call `multiply` with the same scratch memory.
 */
export const epilogueSignature = {
  parameters: {
    context: 'i32',
    /** Which rows and columns of the product the block holds; ends are exclusive. */
    rowStart: 'i32',
    rowEnd: 'i32',
    columnStart: 'i32',
    columnEnd: 'i32',
    /** Address of element (rowStart, columnStart) in the scratch memory, a multiple of 16. */
    tile: 'i32',
    /** From row to row, in bytes, a multiple of 16. Up to the next whole vector may be read. */
    tileStride: 'i32',
  },
} as const;
