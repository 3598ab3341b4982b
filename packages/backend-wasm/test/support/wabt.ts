/** A module without its last section, which must be the one with names. */
export function withoutNames(bytes: Uint8Array): Uint8Array {
  const header = [0x04, ...new TextEncoder().encode('name')];
  const at = bytes.findLastIndex((_, i) => header.every((byte, k) => bytes[i + k] === byte));
  // Before it: the length of the section, one or two bytes, and 0 for a custom section.
  for (const start of [at - 2, at - 3, at - 4]) {
    if (bytes[start] === 0 && start > 0) return bytes.slice(0, start);
  }
  throw new Error('the module has no section with names');
}
