import { encode, type ModuleBuilder } from '../../src/assembler/index.js';

/** The functions that a module exports. */
export async function instantiate(
  module: ModuleBuilder,
  imports: WebAssembly.Imports = {},
): Promise<Record<string, (...values: number[]) => number>> {
  const { instance } = await WebAssembly.instantiate(encode(module), imports);
  return instance.exports as Record<string, (...values: number[]) => number>;
}
