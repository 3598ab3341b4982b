/** What is built in place of `on-demand.ts` where one file is to hold everything. */
import { print } from './assembler/print.js';
import { completeLibrary } from './codegen/complete-library.js';
import type { Library } from './codegen/library.js';

/** The complete library, which is there. */
export async function fetchCompleteLibrary(): Promise<Library> {
  return completeLibrary;
}

/** What shows modules as text, which is there. */
export async function fetchPrinter(): Promise<typeof print> {
  return print;
}
