import type { VerifiedFile } from './files.js';

/**
 * Compares bytes with the length and SHA-256 they should have.
 *
 * @returns What is wrong, in words, or `undefined` if nothing is.
 * @throws {Error} If this page has no Web Crypto, which browsers offer in secure contexts only.
 */
export async function mismatch(
  bytes: Uint8Array<ArrayBuffer>,
  file: VerifiedFile,
): Promise<string | undefined> {
  if (bytes.length !== file.byteLength) {
    return `the inflated file has ${bytes.length} bytes, expected ${file.byteLength}`;
  }
  const actual = await sha256(bytes);
  if (actual !== file.sha256) return `its SHA-256 is ${actual}, expected ${file.sha256}`;
  return undefined;
}

/** SHA-256 in lower-case hexadecimal. */
async function sha256(bytes: Uint8Array<ArrayBuffer>): Promise<string> {
  const subtle = (globalThis.crypto as Partial<Crypto> | undefined)?.subtle;
  if (subtle === undefined) {
    throw new Error(
      'SHA-256 needs Web Crypto, which this page lacks: serve it over https or from localhost.',
    );
  }
  const digest = new Uint8Array(await subtle.digest('SHA-256', bytes));
  return Array.from(digest, (byte) => byte.toString(16).padStart(2, '0')).join('');
}
