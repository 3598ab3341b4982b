import { DeviceError } from '@gradus/core/backend';
import type { print } from './assembler/print.js';
import type { Library } from './codegen/library.js';

/**
 * Fetches what few plans are written with; pages whose plans do without do not load it. Rejects with
 * a `DeviceError` if it is not there.
 */
export async function fetchCompleteLibrary(): Promise<Library> {
  return (await fetched(import('./codegen/complete-library.js'))).completeLibrary;
}

/** Fetches what shows modules as text. Rejects with a `DeviceError` if it is not there. */
export async function fetchPrinter(): Promise<typeof print> {
  return (await fetched(import('./assembler/print.js'))).print;
}

async function fetched<Module>(module: Promise<Module>): Promise<Module> {
  try {
    return await module;
  } catch (cause) {
    throw new DeviceError(
      `wasm: a part of the backend could not be loaded: ${(cause as Error).message}`,
      { cause },
    );
  }
}
