import { afterEach, describe, expect, it, vi } from 'vitest';
import { wasm, wasmSync, whyNoWasm } from '../src/index.js';

afterEach(() => {
  vi.unstubAllGlobals();
  vi.restoreAllMocks();
});

describe('whyNoWasm', () => {
  it('has no reason where everything is there', () => expect(whyNoWasm()).toBeUndefined());

  it('names what is missing, as do the errors of devices', async () => {
    vi.spyOn(WebAssembly, 'validate').mockReturnValue(false);
    expect(whyNoWasm()).toContain('no 128-bit SIMD');
    expect(() => wasmSync()).toThrow('wasm: WebAssembly has no 128-bit SIMD here.');
    vi.stubGlobal('WebAssembly', undefined);
    expect(whyNoWasm()).toBe('there is no WebAssembly here');
    await expect(wasm()).rejects.toMatchObject({ code: 'DEVICE' });
  });

  it('says what a policy must allow', () => {
    vi.spyOn(WebAssembly, 'Module').mockImplementation(function () {
      throw new WebAssembly.CompileError('the policy disallows it');
    });
    expect(whyNoWasm()).toMatch(/\(the policy disallows it\).*'wasm-unsafe-eval'/);
  });
});
