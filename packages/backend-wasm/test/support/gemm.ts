import { encode, ModuleBuilder, type FunctionReference } from '../../src/assembler/index.js';
import { defineGemm, epilogueSignature, scratchBytes } from '../../src/gemm/index.js';

/** Fills memory where nothing was written. */
const untouched = 12345;

/** A product to be computed, and how its operands lie in memory. */
export interface Product {
  readonly rows: number;
  readonly columns: number;
  readonly depth: number;
  readonly transposeLeft?: boolean;
  readonly transposeRight?: boolean;
  /** Elements between the ends of rows (or columns) of a matrix and the next, full of NaN. */
  readonly gap?: number;
  /** Which part of the product to compute; all of it if left out. */
  readonly slice?: readonly [
    rowStart: number,
    rowEnd: number,
    columnStart: number,
    columnEnd: number,
  ];
}

/** A call of an epilogue: the block, and what it held. */
export interface EpilogueCall {
  readonly context: number;
  readonly rowStart: number;
  readonly rowEnd: number;
  readonly columnStart: number;
  readonly columnEnd: number;
  readonly block: readonly (readonly number[])[];
}

type Exports = Record<string, (...values: readonly number[]) => void> & {
  readonly memory: WebAssembly.Memory;
};

/** The functions of matrix multiplication over a memory of their own, and what they computed. */
export class GemmHarness {
  readonly exports: Exports;
  readonly #memory: Float32Array;
  readonly #scratch = 64;
  readonly #start: number;
  readonly epilogueCalls: EpilogueCall[] = [];

  constructor(fusedMultiplyAdd: boolean) {
    const module = new ModuleBuilder();
    const epilogue = module.importFunction('host', 'epilogue', epilogueSignature);
    module.export('memory', module.memory({ initial: 150 }));
    const table = module.table({ initial: 3 });
    module.fillTable(2, [epilogue]);
    const functions = defineGemm(module, table, { fusedMultiplyAdd });
    for (const [name, reference] of Object.entries<FunctionReference>({ ...functions })) {
      module.export(name, reference);
    }
    const host = { epilogue: (...values: number[]) => this.#recordEpilogue(values) };
    const instance = new WebAssembly.Instance(new WebAssembly.Module(encode(module)), { host });
    this.exports = instance.exports as Exports;
    this.#memory = new Float32Array(this.exports.memory.buffer);
    this.#start = this.#scratch / 4 + scratchBytes(fusedMultiplyAdd) / 4;
  }

  /** All memory as numbers. */
  get memory(): Float32Array {
    return this.#memory;
  }

  /** Runs `multiply`; the output, row by row without gaps. */
  multiply(product: Product): Float32Array {
    const { rows, columns, slice = [0, rows, 0, columns] } = product;
    const { output } = this.#run({ ...product, gap: 0 }, slice, -1);
    return this.#memory.slice(output, output + rows * columns);
  }

  /** Runs `multiply` and checks everything it wrote and did not write. */
  worstError(product: Product): number {
    const { rows, columns, slice = [0, rows, 0, columns] } = product;
    const operands = this.#run(product, slice, -1);
    const { output, outputStride } = operands;
    let worst = 0;
    for (let row = -1; row <= rows; row++) {
      for (let column = 0; column < outputStride; column++) {
        const value = this.#memory[output + row * outputStride + column]!;
        const inside = row >= slice[0] && row < slice[1] && column >= slice[2] && column < slice[3];
        if (inside) worst = greater(worst, relativeError(value, operands, row, column));
        else if (value !== untouched) return Infinity;
      }
    }
    return worst;
  }

  /** Runs `multiply` with an epilogue, and checks the blocks that it was called with. */
  worstEpilogueError(product: Product): { worst: number; calls: number; times: Set<number> } {
    const { rows, columns, slice = [0, rows, 0, columns] } = product;
    this.epilogueCalls.length = 0;
    const operands = this.#run(product, slice, 2);
    let worst = 0;
    const seen = new Map<number, number>();
    for (const call of this.epilogueCalls) {
      call.block.forEach((values, i) =>
        values.forEach((value, j) => {
          const [row, column] = [call.rowStart + i, call.columnStart + j];
          worst = greater(worst, relativeError(value, operands, row, column));
          const key = row * columns + column;
          seen.set(key, (seen.get(key) ?? 0) + 1);
        }),
      );
    }
    const expected = (slice[1] - slice[0]) * (slice[3] - slice[2]);
    if (seen.size !== expected) worst = Infinity;
    if (this.#memory.indexOf(untouched, operands.output) !== operands.output) worst = Infinity;
    return { worst, calls: this.epilogueCalls.length, times: new Set(seen.values()) };
  }

  #run(product: Product, slice: readonly number[], epilogue: number): Operands {
    const operands = this.#place(product);
    const { left, right, output } = operands;
    this.exports['multiply']!(
      ...[4 * left.offset, left.rowStride, left.columnStride],
      ...[4 * right.offset, right.rowStride, right.columnStride],
      ...[4 * output, operands.outputStride, ...slice],
      ...[product.depth, this.#scratch, epilogue, 77],
    );
    return operands;
  }

  /** Puts operands into memory with NaN around them. */
  #place({ rows, columns, depth, transposeLeft, transposeRight, gap = 0 }: Product): Operands {
    let next = this.#start;
    const matrix = (height: number, width: number, transposed: boolean | undefined): Matrix => {
      const [rowStride, columnStride] = transposed ? [1, height + gap] : [width + gap, 1];
      const size = (transposed ? width : height) * Math.max(rowStride, columnStride);
      const offset = next;
      next += size + 16;
      this.#memory.fill(NaN, offset, next);
      for (let row = 0; row < height; row++) {
        for (let column = 0; column < width; column++) {
          const place = offset + row * rowStride + column * columnStride;
          this.#memory[place] = ((place * 2654435761) % 2001) / 1000 - 1;
        }
      }
      return { memory: this.#memory, offset, rowStride, columnStride };
    };
    const left = matrix(rows, depth, transposeLeft);
    const right = matrix(depth, columns, transposeRight);
    const outputStride = columns + gap;
    const output = next + outputStride;
    this.#memory.fill(untouched, next, output + (rows + 1) * outputStride + 64);
    return { left, right, output, outputStride, depth };
  }

  #recordEpilogue(values: readonly number[]): void {
    const [context, rowStart, rowEnd, columnStart, columnEnd, tile, stride] = values as [
      number,
      number,
      number,
      number,
      number,
      number,
      number,
    ];
    const block = Array.from({ length: rowEnd - rowStart }, (_, row) => {
      const start = (tile + row * stride) / 4;
      return [...this.#memory.subarray(start, start + columnEnd - columnStart)];
    });
    this.epilogueCalls.push({ context, rowStart, rowEnd, columnStart, columnEnd, block });
  }
}

interface Matrix {
  readonly memory: Float32Array;
  readonly offset: number;
  readonly rowStride: number;
  readonly columnStride: number;
}

interface Operands {
  readonly left: Matrix;
  readonly right: Matrix;
  readonly output: number;
  readonly outputStride: number;
  readonly depth: number;
}

function at(
  { memory, offset, rowStride, columnStride }: Matrix,
  row: number,
  column: number,
): number {
  return memory[offset + row * rowStride + column * columnStride]!;
}

/**
 * How far an element is from the float64 one, in units of what rounding every step of a sum in
 * float32 may cost: depth · 2⁻²⁴ · Σ |left · right|.
 */
function relativeError(
  value: number,
  { left, right, depth }: Operands,
  row: number,
  column: number,
): number {
  let sum = 0;
  let magnitude = 0;
  for (let k = 0; k < depth; k++) {
    const term = at(left, row, k) * at(right, k, column);
    sum += term;
    magnitude += Math.abs(term);
  }
  const error = Math.abs(value - sum);
  return error === 0 ? 0 : error / (depth * 2 ** -24 * magnitude);
}

/** The greater number; NaN if one is. */
function greater(a: number, b: number): number {
  return Math.max(a, b);
}
