import { isFloating, type DataType } from '@gradus/core/backend';
import { addDirectProduct, storeIntegerProduct } from './direct-product.js';
import { corner, isIndexed, type BlockShape, type Matrix } from './matrix.js';
import { blockColumns, blockRows, packedProduct } from './packed-product.js';

/** A product of matrices, rows × depth and depth × columns. */
interface Product {
  readonly left: Matrix;
  readonly right: Matrix;
  readonly dtype: DataType;
  readonly rows: number;
  readonly columns: number;
  readonly depth: number;
}

/** Which part of a product the tile holds, and how far apart its rows lie there. */
export interface Block {
  readonly firstRow: number;
  readonly endRow: number;
  readonly firstColumn: number;
  readonly endColumn: number;
  readonly stride: number;
}

/** Multiplies block by block, and calls `visit` when the tile of `packedProduct` holds one. */
export function multiplyByBlocks(product: Product, visit: (block: Block) => void): void {
  const { rows, columns } = product;
  for (let firstColumn = 0; firstColumn < columns; firstColumn += blockColumns) {
    const endColumn = Math.min(firstColumn + blockColumns, columns);
    const stride = Math.ceil((endColumn - firstColumn) / 4) * 4;
    for (let firstRow = 0; firstRow < rows; firstRow += blockRows) {
      const endRow = Math.min(firstRow + blockRows, rows);
      const block = { firstRow, endRow, firstColumn, endColumn, stride };
      multiplyBlock(product, block);
      visit(block);
    }
  }
}

function multiplyBlock({ left, right, dtype, depth }: Product, block: Block): void {
  const { firstRow, endRow, firstColumn, endColumn, stride } = block;
  const [rows, columns] = [endRow - firstRow, endColumn - firstColumn];
  const [above, beside] = [corner(left, firstRow, 0), corner(right, 0, firstColumn)];
  const shape: BlockShape = { rows, columns, depth, stride };
  const product = packedProduct();
  const { tile } = product;
  const stored = !isIndexed(above) && !isIndexed(beside);
  if (stored && !isFloating(dtype)) {
    storeIntegerProduct(tile, dtype, above, beside, shape);
    return;
  }
  tile.fill(0, 0, Math.ceil(rows / 2) * 2 * stride);
  if (stored && Math.min(rows, columns) < 4) addDirectProduct(tile, above, beside, shape);
  else product.add(above, beside, shape, firstRow > 0);
}
