import { encode, i32x4, ModuleBuilder } from './assembler/index.js';

/** Why the WASM backend cannot work here, in a clause for people; undefined where it can. */
export function whyNoWasm(): string | undefined {
  if (typeof WebAssembly === 'undefined') return 'there is no WebAssembly here';
  const module = new ModuleBuilder();
  const signature = { parameters: {}, result: 'v128' } as const;
  module.function('probe', signature, () => i32x4.splat(0));
  const bytes = encode(module);
  if (!WebAssembly.validate(bytes)) return 'WebAssembly has no 128-bit SIMD here';
  try {
    // What is valid may still be forbidden.
    new WebAssembly.Module(bytes);
    return undefined;
  } catch (error) {
    return (
      `WebAssembly may not be compiled here (${(error as Error).message}): a page with a ` +
      `Content-Security-Policy must allow script-src 'wasm-unsafe-eval'`
    );
  }
}
