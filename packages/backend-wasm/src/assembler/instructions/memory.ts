import { namespace } from '../instruction.js';

/** The one linear memory as a whole. */
export const memory = {
  ...namespace('memory', {
    /** In pages of 64 KiB. */
    size: [0x3f, '-> i32', 'zero'],
    /** By so many pages; the size before, or −1. */
    grow: [0x40, 'i32 -> i32', 'zero'],
    /** `copy(target, source, byteLength)`; the areas may overlap. */
    copy: [0xfc000a, 'i32 i32 i32 ->', 'zero', 'zero'],
    /** `fill(target, byte, byteLength)`. */
    fill: [0xfc000b, 'i32 i32 i32 ->', 'zero'],
  }),
  /** Sleeping and waking between threads. */
  atomic: namespace('memory.atomic', {
    /** `notify(address, count)`: how many were woken. */
    notify: [0xfe0000, 'i32 i32 -> i32', 'memory4'],
    /** `wait32(address, expected, nanoseconds)`: 0 woken, 1 not equal, 2 timed out. */
    wait32: [0xfe0001, 'i32 i32 i64 -> i32', 'memory4'],
  }),
};

/** Between threads. */
export const atomic = namespace('atomic', {
  fence: [0xfe0003, '->', 'zero'],
});
