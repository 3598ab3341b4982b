/** When a temporary is needed: from the kernel that writes it to the last that reads it. */
export interface Lifetime {
  readonly byteLength: number;
  readonly first: number;
  readonly last: number;
}

/** Offsets suit WebGPU's storage-buffer bindings. */
const alignment = 256;

/**
 * Places temporaries in one arena so that those alive at the same time do not overlap: largest
 * first, each at the lowest offset that is free during its life.
 */
export function packArena(lifetimes: readonly Lifetime[]): {
  offsets: number[];
  byteLength: number;
} {
  const offsets = new Array<number>(lifetimes.length).fill(0);
  const bySize = lifetimes
    .map((_, index) => index)
    .sort((a, b) => lifetimes[b]!.byteLength - lifetimes[a]!.byteLength || a - b);
  const placed: number[] = [];
  let total = 0;
  for (const index of bySize) {
    const { byteLength, first, last } = lifetimes[index]!;
    const conflicts = placed
      .filter((other) => lifetimes[other]!.first <= last && lifetimes[other]!.last >= first)
      .sort((a, b) => offsets[a]! - offsets[b]!);
    let offset = 0;
    for (const other of conflicts) {
      if (offsets[other]! - offset >= byteLength) break;
      offset = Math.max(offset, aligned(offsets[other]! + lifetimes[other]!.byteLength));
    }
    offsets[index] = offset;
    placed.push(index);
    total = Math.max(total, offset + byteLength);
  }
  return { offsets, byteLength: aligned(total) };
}

function aligned(offset: number): number {
  return Math.ceil(offset / alignment) * alignment;
}
