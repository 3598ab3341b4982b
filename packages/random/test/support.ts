import { expect } from 'vitest';

/** What an error must look like: its code, and a part of its message. */
export function failure(code: string, message = ''): unknown {
  return expect.objectContaining({ code, message: expect.stringContaining(message) as string });
}
