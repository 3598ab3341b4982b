import { encode, ModuleBuilder, v128, type Expression } from '../../src/assembler/index.js';

/** An instruction with operands, and what it must give (an effect: what it leaves at `target`). */
export type Sample = readonly [Expression, number | bigint | ArrayBufferView];

/** Where effects write to. */
export const target = 64;

/** Where `contents` lies. */
export const source = 128;

/** What memory holds for loads: signs, fractions, and patterns that tell bytes apart. */
export const contents = Uint8Array.from([
  ...new Uint8Array(Float32Array.of(1.5, -2.25, 3e10, -0).buffer),
  ...new Uint8Array(Float64Array.of(0.1, -7).buffer),
  ...[0x80, 0x7f, 0xff, 0x01, 0xfe, 0x10, 0x00, 0x90],
]);

/** One module with a function for each sample. */
export function sampleModule(samples: Readonly<Record<string, Sample>>): ModuleBuilder {
  const module = new ModuleBuilder();
  module.export('memory', module.memory({ initial: 1, maximum: 2, shared: true }));
  for (const [name, [expression]] of Object.entries(samples)) {
    const { type } = expression;
    const isScalar = type !== 'none' && type !== 'v128';
    const signature = isScalar ? { parameters: {}, result: type } : { parameters: {} };
    const reference = module.function(name, signature, (body) => {
      if (isScalar) return expression;
      if (type === 'none') return body.emit(expression as Expression<'none'>);
      return body.emit(v128.store(target, expression as Expression<'v128'>));
    });
    module.export(name, reference);
  }
  return module;
}

/** What the samples give: values, or the bytes at `target`. */
export async function runSamples(
  samples: Readonly<Record<string, Sample>>,
): Promise<Record<string, unknown>> {
  const { instance } = await WebAssembly.instantiate(encode(sampleModule(samples)));
  const functions = instance.exports as Record<string, () => unknown>;
  const { buffer } = instance.exports['memory'] as WebAssembly.Memory;
  const results: Record<string, unknown> = {};
  for (const [name, [, expected]] of Object.entries(samples)) {
    const bytes = new Uint8Array(buffer);
    bytes.fill(0, 0, source);
    bytes.set(contents, source);
    const value = functions[name]!();
    results[name] = ArrayBuffer.isView(expected)
      ? [...bytes.subarray(target, target + expected.byteLength)]
      : value;
  }
  return results;
}

/** What `runSamples` must return. */
export function expectedResults(
  samples: Readonly<Record<string, Sample>>,
): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(samples).map(([name, [, expected]]) => [
      name,
      ArrayBuffer.isView(expected) ? [...bytesOf(expected)] : expected,
    ]),
  );
}

function bytesOf(view: ArrayBufferView): Uint8Array {
  return new Uint8Array(view.buffer, view.byteOffset, view.byteLength);
}
