import { createHash } from 'node:crypto';
import { namedParameters, namedVariables } from 'gradus';

/** How many numbers the trainable variables of a model hold. */
export function countParameters(model: object): number {
  return Object.values(namedParameters(model))
    .map(({ shape }) => shape.reduce((size, dimension) => size * dimension, 1))
    .reduce((total, size) => total + size, 0);
}

/**
 * The SHA-256, in hexadecimal, of all variables of a model, in the order of their names, each as
 * little-endian float32: equal for equal weights, on every machine.
 */
export async function hashWeights(model: object): Promise<string> {
  const hash = createHash('sha256');
  const names = Object.entries(namedVariables(model)).sort(([a], [b]) => (a < b ? -1 : 1));
  for (const [, variable] of names) hash.update(littleEndian(await variable.data()));
  return hash.digest('hex');
}

function littleEndian(values: Iterable<number> & { readonly length: number }): Uint8Array {
  const view = new DataView(new ArrayBuffer(4 * values.length));
  let offset = 0;
  for (const value of values) {
    view.setFloat32(offset, value, true);
    offset += 4;
  }
  return new Uint8Array(view.buffer);
}
